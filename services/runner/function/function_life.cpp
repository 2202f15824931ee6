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
    on_trial_ = add_worker(++last_revision_, std::nullopt);
    return *on_trial_;
}

FunctionLife::Worker FunctionLife::add_worker(std::uint64_t revision, std::optional<Call> call) {
    Worker const worker{++last_worker_};
    workers_[worker] = {.revision = revision, .call = call};
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

void FunctionLife::give(WorkerEntry& worker, Call call) {
    worker.call = call;
    calls_[call] = CallState::given;
}

/// First come, first served.
void FunctionLife::hand_out() {
    while (!waiting_.empty() && !closing_ && serves()) {
        Call const call = waiting_.front();
        auto const ready = std::ranges::find_if(workers_, [&](auto const& one) {
            return is_active(one.second) && one.second.state == WorkerState::ready;
        });
        if (ready != workers_.end()) {
            give(ready->second, call);
            ready->second.state = WorkerState::busy;
        } else if (active() < scale_.workers_max) {
            give(workers_.at(add_worker(serving_, std::nullopt)), call);
        } else {
            return;
        }
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
    entry.state = entry.call ? WorkerState::busy : WorkerState::ready;
    if (on_trial_ == worker)
        take_over(entry.revision);
    end_trial(worker, Trial::passed);
    if (!entry.call && !is_active(entry))
        entry.state = WorkerState::ending;
    hand_out();
}

void FunctionLife::failed(Worker worker) {
    WorkerEntry& entry = workers_.at(worker);
    entry.state = WorkerState::killed;
    entry.call.reset();
    end_trial(worker, Trial::failed);
    hand_out();
}

void FunctionLife::answered(Worker worker) {
    WorkerEntry& entry = workers_.at(worker);
    entry.call.reset();
    if (entry.state != WorkerState::busy)
        return;
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
        else if (entry.state == WorkerState::starting && !entry.call)
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
