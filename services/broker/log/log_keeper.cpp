// SPDX-License-Identifier: Apache-2.0
#include "broker/log/log_keeper.hpp"

#include <algorithm>

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

/// Whoever starts with these looks at `seq` again, and at what follows.
void hold_back(SavedTotals& totals, std::int64_t seq) {
    for (auto& [name, trigger] : totals.triggers)
        if (!trigger.removed)
            trigger.low_water = trigger.low_water == 0 ? seq : std::min(trigger.low_water, seq);
}

}  // namespace

LogKeeper::LogKeeper(
    EventLog& log, TotalsFile& totals, nanoseconds retention_interval, SteadyTime now)
    : log_(log),
      totals_(totals),
      retention_interval_(retention_interval),
      maintained_at_(now),
      bytes_on_disk_(log.bytes_on_disk()) {}

std::vector<DeliveryRecord> LogKeeper::take_recent(std::vector<DeliveryRecord> records) {
    // Records of the newest segment share the events' transaction, hence its one fsync.
    std::int64_t const recent_seq = log_.recent_seq();
    std::vector<DeliveryRecord> recent;
    for (DeliveryRecord& record : records)
        if (record.seq >= recent_seq)
            recent.push_back(std::move(record));
        else if (std::uint32_t const segment = log_.segment_of(record.seq); segment != 0)
            late_.add(segment, std::move(record));
    return recent;
}

LogKeeper::Left LogKeeper::perform(LogWork work, Committed const& committed, SteadyTime now) {
    EventBatch events;
    for (Append const& append : work.appends)
        events.insert(events.end(), append.events.begin(), append.events.end());
    std::vector<DeliveryRecord> recent = take_recent(std::move(work.records));
    // Asked without events, too: so it is known that there is room again before a sender tries.
    Result<void> const room = log_.check_room();
    if (!room && !events.empty()) {
        committed(std::move(work.appends), std::move(events), room);
        work.appends.clear();
        events.clear();
    }
    Result<void> outcome;
    if (!events.empty() || !recent.empty()) {
        outcome = log_.append(events, recent);
        committed(std::move(work.appends), std::move(events), outcome);
    }
    Left left;
    bool const stored = outcome.has_value();
    if (!stored)
        left.records = std::move(recent);
    write_late(now);
    if (stored && work.totals)
        outcome = save(*work.totals);
    if (outcome)
        outcome = log_.roll_if_full();
    if (outcome) {
        left.trouble = room ? "" : room.error().detail;
        return left;
    }
    left.trouble = outcome.error().detail;
    left.totals = std::move(work.totals);
    return left;
}

Result<void> LogKeeper::save(SavedTotals& totals) {
    if (auto confirmed = log_.confirm(); !confirmed)
        return confirmed;
    if (auto const unwritten = late_.oldest_seq())
        hold_back(totals, *unwritten);
    return totals_.write(totals);
}

void LogKeeper::write_late(SteadyTime now) {
    for (;;) {
        auto const records = late_.take(now);
        if (records.empty())
            break;
        if (auto const written = log_.amend(records))
            late_.written();
        else
            late_.failed(written.error(), now);
    }
    std::string trouble = late_.trouble();
    if (trouble == late_trouble_)
        return;
    if (!trouble.empty())
        log::error("An older file of the event log cannot be written.", {{"error", trouble}});
    late_trouble_ = std::move(trouble);
}

void LogKeeper::maintain(std::int64_t low_water, SteadyTime now) {
    if (now < maintained_at_ + retention_interval_)
        return;
    maintained_at_ = now;
    if (auto const kept = log_.apply_retention(low_water); !kept)
        log::warn("The log's state cannot be written.", {{"error", kept.error().detail}});
    bytes_on_disk_ = log_.bytes_on_disk();
}

SteadyTime LogKeeper::due() const {
    SteadyTime const maintenance = maintained_at_ + retention_interval_;
    auto const late = late_.next_due();
    return late ? std::min(maintenance, *late) : maintenance;
}

}  // namespace millrace::broker
