// SPDX-License-Identifier: Apache-2.0
#include "broker/log/writer.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>

#include "common/base/log.hpp"

namespace millrace::broker {

Writer::Writer(Parts parts, WriterOptions options, Stored stored)
    : io_(parts.io),
      stored_(std::move(stored)),
      commit_seconds_(parts.telemetry.histogram(
          "millrace_broker_commit_seconds", "Time of one durable commit of the event log.")),
      commits_total_(parts.telemetry.counter(
          "millrace_broker_commits_total", "Transactions written to the event log.")),
      queue_(options),
      keeper_(parts.log, parts.totals, options.retention_interval, steady_now()) {
    bytes_on_disk_ = keeper_.bytes_on_disk();
    thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
    stop();
}

void Writer::enqueue(Append append) {
    gathering_.push_back(std::move(append));
    // Runs behind every request that is ready already.
    if (gathering_.size() == 1)
        asio::post(io_, [this] { hand_over(); });
}

void Writer::hand_over() {
    std::vector<Append> refused;
    {
        std::scoped_lock const lock(mutex_);
        for (Append& append : gathering_)
            if (stopping_ || !queue_.put(append))
                refused.push_back(std::move(append));
    }
    wake_.notify_one();
    gathering_.clear();
    for (Append& append : refused)
        append.done(failure(ErrorCode::unavailable, "Too many events wait to be stored."));
}

Task<Result<void>> Writer::store(EventBatch events) {
    Append append;
    for (auto const& event : events)
        append.bytes += event->memory_bytes;
    append.events = std::move(events);
    auto initiate = [this](auto handler, Append job) {
        job.done = [handler = std::move(handler)](Result<void> result) mutable {
            std::move(handler)(std::move(result));
        };
        enqueue(std::move(job));
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<> const, void(Result<void>)>(
        std::move(initiate), asio::use_awaitable, std::move(append));
}

void Writer::record(DeliveryRecord record) {
    std::unique_lock lock(mutex_);
    queue_.put(std::move(record), steady_now());
    bool const is_first = queue_.records() == 1;
    lock.unlock();
    if (is_first)
        wake_.notify_one();
}

bool Writer::is_behind() const {
    std::scoped_lock const lock(mutex_);
    return queue_.is_behind();
}

void Writer::save(SavedTotals totals) {
    std::scoped_lock const lock(mutex_);
    queue_.put(std::move(totals));
    wake_.notify_one();
}

std::string Writer::trouble() const {
    std::scoped_lock const lock(mutex_);
    return trouble_;
}

std::string Writer::late_trouble() const {
    std::scoped_lock const lock(mutex_);
    return late_trouble_;
}

std::size_t Writer::queued_events() const {
    std::scoped_lock const lock(mutex_);
    return queue_.events();
}

void Writer::stop() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

bool Writer::next_work(LogWork& work) {
    std::unique_lock lock(mutex_);
    for (;;) {
        SteadyTime const due = std::min(queue_.due().value_or(SteadyTime::max()), keeper_.due());
        if (stopping_ || due <= steady_now())
            break;
        wake_.wait_until(lock, due);
    }
    work = queue_.take();
    return !stopping_ || queue_.has_events();
}

void Writer::run() {
    ::pthread_setname_np(::pthread_self(), "log-writer");
    for (bool is_last = false; !is_last;) {
        LogWork work;
        is_last = !next_work(work);
        perform(std::move(work), is_last);
    }
}

void Writer::perform(LogWork work, bool is_last) {
    SteadyTime const begin = steady_now();
    auto const committed =
        [this, begin](std::vector<Append> appends, EventBatch events, Result<void> const& outcome) {
            commit_seconds_.record(std::chrono::duration<double>(steady_now() - begin).count());
            commits_total_.increment();
            answer(std::move(appends), std::move(events), outcome);
        };
    auto left = keeper_.perform(std::move(work), committed, begin);
    keeper_.maintain(low_water_, steady_now());
    bytes_on_disk_ = keeper_.bytes_on_disk();
    note_trouble(std::move(left.trouble));
    if (is_last)
        return;
    std::scoped_lock const lock(mutex_);
    queue_.put_back(std::move(left.records), steady_now());
    if (left.totals)
        queue_.put_back(std::move(*left.totals), steady_now());
}

void Writer::answer(std::vector<Append> appends, EventBatch events, Result<void> const& outcome) {
    if (appends.empty())
        return;
    {
        std::scoped_lock const lock(mutex_);
        queue_.done(appends);
    }
    auto tell = [this, outcome, stored = std::move(events), done = std::move(appends)] mutable {
        if (outcome)
            stored_(stored);
        for (Append& append : done)
            append.done(outcome);
    };
    asio::post(io_, std::move(tell));
}

void Writer::note_trouble(std::string text) {
    std::scoped_lock const lock(mutex_);
    late_trouble_ = keeper_.late_trouble();
    if (text == trouble_)
        return;
    if (text.empty())
        log::info("The event log can be written again.");
    else
        log::error("The event log cannot be written; senders get 503.", {{"error", text}});
    trouble_ = std::move(text);
}

}  // namespace millrace::broker
