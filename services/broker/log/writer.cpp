// SPDX-License-Identifier: Apache-2.0
#include "broker/log/writer.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

// One transaction: bounds the memory of the write-ahead log and the wait of the first in it.
constexpr std::size_t transaction_events_max = 2048;

void merge(SavedTotals& to, SavedTotals&& newer) {
    to.head = newer.head;
    for (auto const& [broker, received] : newer.received)
        to.received[broker] = received;
    for (auto& [name, totals] : newer.triggers)
        to.triggers[name] = std::move(totals);
    for (auto& [type, totals] : newer.types)
        to.types[type] = totals;
    for (std::string const& name : newer.forgotten_triggers) {
        to.triggers.erase(name);
        to.forgotten_triggers.push_back(name);
    }
    // A trigger made again meanwhile is not to be forgotten.
    for (auto const& [name, totals] : newer.triggers)
        std::erase(to.forgotten_triggers, name);
    // One point a minute, however long they wait to be written.
    std::erase_if(to.rates, [&](RatePoint const& point) {
        return std::ranges::find(newer.rates, point.minute, &RatePoint::minute) !=
               newer.rates.end();
    });
    to.rates.insert(to.rates.end(), newer.rates.begin(), newer.rates.end());
}

}  // namespace

Writer::Writer(Parts parts, WriterOptions options, Stored stored)
    : io_(parts.io),
      log_(parts.log),
      totals_(parts.totals),
      options_(options),
      stored_(std::move(stored)),
      commit_seconds_(parts.telemetry.histogram(
          "millrace_broker_commit_seconds", "Time of one durable commit of the event log.")),
      commits_total_(parts.telemetry.counter(
          "millrace_broker_commits_total", "Transactions written to the event log.")),
      maintained_at_(steady_now()) {
    bytes_on_disk_ = log_.bytes_on_disk();
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
        for (Append& append : gathering_) {
            bool const full = queued_events_ + append.events.size() > options_.queue_events_max ||
                              queued_bytes_ + append.bytes > options_.queue_bytes_max;
            // A batch larger than the whole queue is taken when nothing waits.
            if (stopping_ || (full && queued_events_ > 0)) {
                refused.push_back(std::move(append));
                continue;
            }
            queued_events_ += append.events.size();
            queued_bytes_ += append.bytes;
            appends_.push_back(std::move(append));
        }
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
    records_.push_back(std::move(record));
    if (records_.size() > 1)
        return;
    records_since_ = steady_now();
    lock.unlock();
    wake_.notify_one();
}

bool Writer::is_behind() const {
    std::scoped_lock const lock(mutex_);
    return records_.size() > options_.records_max;
}

void Writer::save(SavedTotals totals) {
    std::scoped_lock const lock(mutex_);
    if (save_) {
        merge(*save_, std::move(totals));
        return;
    }
    save_ = std::move(totals);
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
    return queued_events_;
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

void Writer::take_appends(Work& work) {
    std::size_t events = 0;
    std::size_t count = 0;
    while (count < appends_.size() && events < transaction_events_max)
        events += appends_[count++].events.size();
    if (count == appends_.size()) {
        work.appends = std::exchange(appends_, {});
        return;
    }
    auto const end = appends_.begin() + static_cast<std::ptrdiff_t>(count);
    work.appends.assign(std::move_iterator(appends_.begin()), std::move_iterator(end));
    appends_.erase(appends_.begin(), end);
}

Writer::Work Writer::next_work() {
    std::unique_lock lock(mutex_);
    SteadyTime const maintain_at = maintained_at_ + options_.retention_interval;
    for (;;) {
        SteadyTime const now = steady_now();
        bool const records_due =
            !records_.empty() && now >= records_since_ + options_.records_delay;
        bool const save_is_due = save_ && now >= save_due_;
        auto const late_at = late_.next_due();
        bool const late_due = late_at && now >= *late_at;
        if (!appends_.empty() || records_due || save_is_due || late_due || stopping_ ||
            now >= maintain_at)
            break;
        SteadyTime until = late_at ? std::min(maintain_at, *late_at) : maintain_at;
        if (!records_.empty())
            until = std::min(until, records_since_ + options_.records_delay);
        if (save_)
            until = std::min(until, save_due_);
        wake_.wait_until(lock, until);
    }
    Work work;
    take_appends(work);
    work.records = std::exchange(records_, {});
    work.totals = std::exchange(save_, std::nullopt);
    work.stopping = stopping_ && appends_.empty();
    return work;
}

void Writer::run() {
    ::pthread_setname_np(::pthread_self(), "log-writer");
    for (bool stopping = false; !stopping;) {
        Work work = next_work();
        stopping = work.stopping;
        perform(std::move(work));
        if (steady_now() >= maintained_at_ + options_.retention_interval)
            maintain();
    }
}

Result<void> Writer::append(EventBatch const& events, std::vector<DeliveryRecord>& records) {
    // Records of the newest segment share the events' transaction, hence its one fsync.
    std::int64_t const recent_seq = log_.recent_seq();
    std::vector<DeliveryRecord> recent;
    for (DeliveryRecord& record : records)
        if (record.seq >= recent_seq)
            recent.push_back(std::move(record));
        else if (std::uint32_t const segment = log_.segment_of(record.seq); segment != 0)
            late_.add(segment, std::move(record));
    records = std::move(recent);
    if (events.empty() && records.empty())
        return {};
    SteadyTime const begin = steady_now();
    auto const outcome = log_.append(events, records);
    commit_seconds_.record(std::chrono::duration<double>(steady_now() - begin).count());
    commits_total_.increment();
    return outcome;
}

void Writer::write_late() {
    for (;;) {
        auto const records = late_.take(steady_now());
        if (records.empty())
            break;
        if (auto const written = log_.amend(records))
            late_.written();
        else
            late_.failed(written.error(), steady_now());
    }
    std::string trouble = late_.trouble();
    std::scoped_lock const lock(mutex_);
    if (trouble == late_trouble_)
        return;
    if (!trouble.empty())
        log::error("An older file of the event log cannot be written.", {{"error", trouble}});
    late_trouble_ = std::move(trouble);
}

void Writer::perform(Work work) {
    EventBatch events;
    for (Append const& append : work.appends)
        events.insert(events.end(), append.events.begin(), append.events.end());
    Result<void> outcome = append(events, work.records);
    bool const stored = outcome.has_value();
    finish(std::move(work.appends), std::move(events), outcome);
    if (!stored && !work.stopping)
        put_back(std::move(work.records));
    write_late();
    if (stored && work.totals)
        outcome = totals_.write(*work.totals);
    if (outcome)
        outcome = log_.roll_if_full();
    note_trouble(outcome ? std::string{} : outcome.error().detail);
    if (!outcome && work.totals && !work.stopping)
        put_back(std::move(*work.totals));
}

void Writer::finish(std::vector<Append> appends, EventBatch events, Result<void> const& outcome) {
    if (appends.empty())
        return;
    {
        std::scoped_lock const lock(mutex_);
        for (Append const& append : appends) {
            queued_events_ -= append.events.size();
            queued_bytes_ -= append.bytes;
        }
    }
    auto answer = [this, outcome, stored = std::move(events), done = std::move(appends)]() mutable {
        if (outcome)
            stored_(stored);
        for (Append& append : done)
            append.done(outcome);
    };
    asio::post(io_, std::move(answer));
}

void Writer::put_back(std::vector<DeliveryRecord> records) {
    std::scoped_lock const lock(mutex_);
    records.insert(
        records.end(), std::move_iterator(records_.begin()), std::move_iterator(records_.end()));
    records_ = std::move(records);
    // Not at once: what failed a moment ago will fail again.
    records_since_ = steady_now() + 500ms;
}

void Writer::put_back(SavedTotals totals) {
    std::scoped_lock const lock(mutex_);
    if (save_)
        merge(totals, std::move(*save_));
    save_ = std::move(totals);
    save_due_ = steady_now() + 500ms;
}

void Writer::note_trouble(std::string text) {
    std::scoped_lock const lock(mutex_);
    if (text == trouble_)
        return;
    if (text.empty())
        log::info("The event log can be written again.");
    else
        log::error("The event log cannot be written; senders get 503.", {{"error", text}});
    trouble_ = std::move(text);
}

void Writer::maintain() {
    maintained_at_ = steady_now();
    if (auto const kept = log_.apply_retention(low_water_); !kept)
        log::warn("The log's state cannot be written.", {{"error", kept.error().detail}});
    bytes_on_disk_ = log_.bytes_on_disk();
}

}  // namespace millrace::broker
