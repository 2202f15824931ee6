// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function_life.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

namespace millrace::runner {

FunctionLife::Call FunctionLife::admit() {
    Call const call{++last_call_};
    CallState const state = closing_                         ? CallState::closing
                            : !serves()                      ? CallState::no_worker
                            : waiting_.size() >= waiting_max ? CallState::crowded
                                                             : CallState::waiting;
    calls_[call] = state;
    if (state == CallState::waiting) {
        waiting_.push_back(call);
        hand_out();
    }
    return call;
}

void FunctionLife::left(Call call) {
    calls_.erase(call);
    std::erase(waiting_, call);
}

FunctionLife::Worker FunctionLife::try_revision(Scale scale) {
    MILLRACE_ASSERT(!closing_ && !on_trial_);
    trial_scale_ = scale;
    trial_ = Trial::running;
    on_trial_ = add_worker(++last_revision_);
    return *on_trial_;
}

FunctionLife::Worker FunctionLife::add_worker(std::uint64_t revision) {
    Worker const worker{++last_worker_};
    workers_[worker] = {.revision = revision};
    starts_.push_back(worker);
    return worker;
}

std::optional<FunctionLife::Worker> FunctionLife::take_start() {
    while (!starts_.empty()) {
        Worker const worker = starts_.front();
        starts_.pop_front();
        // Killed before it was started: there is no process, so nobody else will say it is gone.
        if (workers_.at(worker).state == WorkerState::starting)
            return worker;
        ended(worker);
    }
    return std::nullopt;
}

std::optional<FunctionLife::Order> FunctionLife::take_order() {
    while (!orders_.empty()) {
        Order const order = orders_.front();
        orders_.pop_front();
        // Its worker may have failed, or be killed, since.
        auto const worker = workers_.find(order.worker);
        bool const stands = worker != workers_.end() && worker->second.state == WorkerState::busy &&
                            worker->second.calls.contains(order.call);
        if (stands)
            return order;
    }
    return std::nullopt;
}

bool FunctionLife::is_active(WorkerEntry const& entry) const {
    return entry.revision == serving_ && entry.state != WorkerState::ending &&
           entry.state != WorkerState::killed;
}

std::size_t FunctionLife::active() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(workers_, [&](auto const& one) { return is_active(one.second); }));
}

std::vector<FunctionLife::Worker> FunctionLife::workers() const {
    std::vector<Worker> all;
    for (auto const& [worker, entry] : workers_)
        all.push_back(worker);
    return all;
}

/// One that can have one more call. What has begun goes before what starts, and the oldest before
/// the others, so that those that are not needed come to rest.
std::optional<FunctionLife::Worker> FunctionLife::free_worker() const {
    std::optional<Worker> starting;
    for (auto const& [worker, entry] : workers_) {
        if (!is_active(entry) || entry.calls.size() >= scale_.calls_per_worker)
            continue;
        if (entry.state != WorkerState::starting)
            return worker;
        if (!starting)
            starting = worker;
    }
    return starting;
}

void FunctionLife::give(Worker worker, Call call) {
    WorkerEntry& entry = workers_.at(worker);
    entry.calls.insert(call);
    calls_[call] = CallState::given;
    if (entry.state == WorkerState::starting)
        return;
    entry.state = WorkerState::busy;
    orders_.push_back({worker, call});
}

/// First come, first served.
void FunctionLife::hand_out() {
    while (!waiting_.empty() && !closing_ && serves()) {
        auto const free = free_worker();
        if (!free && active() >= scale_.workers_max)
            return;
        give(free ? *free : add_worker(serving_), waiting_.front());
        waiting_.pop_front();
    }
}

void FunctionLife::end_trial(Worker worker, Trial outcome) {
    if (on_trial_ != worker)
        return;
    on_trial_.reset();
    trial_ = outcome;
}

void FunctionLife::take_over(std::uint64_t revision) {
    serving_ = revision;
    scale_ = trial_scale_;
    for (auto& [worker, entry] : workers_)
        if (entry.revision != serving_ && entry.state == WorkerState::ready)
            entry.state = WorkerState::ending;
}

void FunctionLife::started(Worker worker) {
    WorkerEntry& entry = workers_.at(worker);
    if (entry.state != WorkerState::starting)
        return;
    entry.state = entry.calls.empty() ? WorkerState::ready : WorkerState::busy;
    for (Call const call : entry.calls)
        orders_.push_back({worker, call});
    if (on_trial_ == worker)
        take_over(entry.revision);
    end_trial(worker, Trial::passed);
    if (entry.calls.empty() && !is_active(entry))
        entry.state = WorkerState::ending;
    hand_out();
}

void FunctionLife::failed(Worker worker) {
    WorkerEntry& entry = workers_.at(worker);
    entry.state = WorkerState::killed;
    entry.calls.clear();
    end_trial(worker, Trial::failed);
    hand_out();
}

void FunctionLife::answered(Worker worker, Call call) {
    WorkerEntry& entry = workers_.at(worker);
    entry.calls.erase(call);
    if (entry.state != WorkerState::busy)
        return;
    if (entry.calls.empty())
        entry.state = closing_ || !is_active(entry) ? WorkerState::ending : WorkerState::ready;
    hand_out();
}

void FunctionLife::idle(Worker worker) {
    WorkerEntry& entry = workers_.at(worker);
    if (entry.state == WorkerState::ready && active() > scale_.workers_min)
        entry.state = WorkerState::ending;
}

void FunctionLife::ended(Worker worker) {
    end_trial(worker, Trial::failed);
    workers_.erase(worker);
    hand_out();
}

void FunctionLife::close() {
    if (std::exchange(closing_, true))
        return;
    for (Call const call : std::exchange(waiting_, {}))
        calls_[call] = CallState::closing;
    for (auto& [worker, entry] : workers_) {
        if (entry.state == WorkerState::ready)
            entry.state = WorkerState::ending;
        else if (entry.state == WorkerState::starting && entry.calls.empty())
            entry.state = WorkerState::killed;
    }
    if (on_trial_)
        end_trial(*on_trial_, Trial::failed);
}

void FunctionLife::cut() {
    for (auto& [worker, entry] : workers_)
        entry.state = WorkerState::killed;
}

}  // namespace millrace::runner
