// SPDX-License-Identifier: Apache-2.0
#include "broker/log/write_queue.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::broker {
namespace {

// One transaction: bounds the memory of the write-ahead log and the wait of the first in it.
constexpr std::size_t transaction_events_max = 2048;
constexpr milliseconds retry_pause = 500ms;

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

bool WriteQueue::put(Append& append) {
    bool const full = queued_events_ + append.events.size() > options_.queue_events_max ||
                      queued_bytes_ + append.bytes > options_.queue_bytes_max;
    // A batch larger than the whole queue is taken when nothing waits.
    if (full && queued_events_ > 0)
        return false;
    queued_events_ += append.events.size();
    queued_bytes_ += append.bytes;
    appends_.push_back(std::move(append));
    return true;
}

void WriteQueue::put(DeliveryRecord record, SteadyTime now) {
    if (records_.empty())
        records_due_ = now + options_.records_delay;
    records_.push_back(std::move(record));
}

void WriteQueue::put(SavedTotals totals) {
    if (totals_)
        merge(*totals_, std::move(totals));
    else
        totals_ = std::move(totals);
}

std::optional<SteadyTime> WriteQueue::due() const {
    if (!appends_.empty())
        return SteadyTime::min();
    std::optional<SteadyTime> due;
    if (!records_.empty())
        due = records_due_;
    if (totals_)
        due = due ? std::min(*due, totals_due_) : totals_due_;
    return due;
}

LogWork WriteQueue::take() {
    std::size_t events = 0;
    std::size_t count = 0;
    while (count < appends_.size() && events < transaction_events_max)
        events += appends_[count++].events.size();
    LogWork work;
    auto const end = appends_.begin() + static_cast<std::ptrdiff_t>(count);
    work.appends.assign(std::move_iterator(appends_.begin()), std::move_iterator(end));
    appends_.erase(appends_.begin(), end);
    work.records = std::exchange(records_, {});
    work.totals = std::exchange(totals_, std::nullopt);
    return work;
}

void WriteQueue::done(std::vector<Append> const& appends) {
    for (Append const& append : appends) {
        queued_events_ -= append.events.size();
        queued_bytes_ -= append.bytes;
    }
}

void WriteQueue::put_back(std::vector<DeliveryRecord> records, SteadyTime now) {
    if (records.empty())
        return;
    records.insert(
        records.end(), std::move_iterator(records_.begin()), std::move_iterator(records_.end()));
    records_ = std::move(records);
    records_due_ = now + retry_pause;
}

void WriteQueue::put_back(SavedTotals totals, SteadyTime now) {
    if (totals_)
        merge(totals, std::move(*totals_));
    totals_ = std::move(totals);
    totals_due_ = now + retry_pause;
}

}  // namespace millrace::broker
