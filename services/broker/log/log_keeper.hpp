// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "broker/log/event_log.hpp"
#include "broker/log/late_records.hpp"
#include "broker/log/write_queue.hpp"
#include "broker/record/totals_file.hpp"

namespace millrace::broker {

/// Does the work on the log's files, one piece after the other, and says what followed: which
/// record goes into which file, what is written once more, when a segment begins and when old ones
/// go. Without threads: the Writer performs it on one.
class LogKeeper {
public:
    /// Both outlive it.
    LogKeeper(EventLog& log, TotalsFile& totals, nanoseconds retention_interval, SteadyTime now);

    /// Told of a transaction as soon as it has ended, well or not: who waits for it need not wait
    /// for the rest. `events`: those of `appends`, in the log's order.
    using Committed = std::function<void(
        std::vector<Append> appends, EventBatch events, Result<void> const& outcome)>;
    /// What was not written and has to be put back, and what is wrong.
    struct Left {
        std::vector<DeliveryRecord> records;
        std::optional<SavedTotals> totals;
        std::string trouble;  ///< why events cannot be stored; empty: they can
    };
    /// Events and records of the newest segment in one transaction, without the events where the
    /// disk has no room for them; then records of older ones,
    /// counters (their cursors never past a record that is not written), a new segment if the
    /// newest is full.
    Left perform(LogWork work, Committed const& committed, SteadyTime now);
    /// Drops what is over the limits, if it is time to look.
    void maintain(std::int64_t low_water, SteadyTime now);

    /// When perform() or maintain() has something to do though nothing new waits.
    SteadyTime due() const;
    std::int64_t bytes_on_disk() const { return bytes_on_disk_; }
    /// Empty, or why what became of deliveries of older events cannot be written.
    std::string const& late_trouble() const { return late_trouble_; }

private:
    std::vector<DeliveryRecord> take_recent(std::vector<DeliveryRecord> records);
    Result<void> save(SavedTotals& totals);
    void write_late(SteadyTime now);

    EventLog& log_;
    TotalsFile& totals_;
    nanoseconds retention_interval_;
    SteadyTime maintained_at_;
    std::int64_t bytes_on_disk_;
    LateRecords late_;
    std::string late_trouble_;
};

}  // namespace millrace::broker
