// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "broker/record/delivery_record.hpp"
#include "broker/record/stored_event.hpp"
#include "broker/record/totals.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::broker {

struct WriterOptions {
    std::size_t queue_events_max = 8192;  ///< waiting to be stored; more are refused
    std::size_t queue_bytes_max = 64UL << 20;
    std::size_t records_max = 20'000;   ///< delivery records waiting; see `is_behind`
    milliseconds records_delay = 10ms;  ///< how long records wait for company
    milliseconds retention_interval = 10s;
};

/// Events of one request; stored all or none.
using EventBatch = std::vector<std::shared_ptr<StoredEvent>>;

/// Events that are to be stored, and whom to tell.
struct Append {
    EventBatch events;
    std::size_t bytes = 0;
    std::move_only_function<void(Result<void>)> done;
};

/// One piece of work on the log: what goes into one transaction, and the counters behind it.
struct LogWork {
    std::vector<Append> appends;
    std::vector<DeliveryRecord> records;
    std::optional<SavedTotals> totals;
};

/// What waits to be written to the log: events go at once, with whatever else is there; records
/// wait a moment for company; what could not be written waits half a second. Pure; time is handed
/// in.
class WriteQueue {
public:
    explicit WriteQueue(WriterOptions const& options) : options_(options) {}

    /// False, and `append` is as it was, where there is no room for it.
    bool put(Append& append);
    void put(DeliveryRecord record, SteadyTime now);
    /// Taken together with every record put before.
    void put(SavedTotals totals);

    /// When take() should be called; nothing while nothing waits.
    std::optional<SteadyTime> due() const;
    bool has_events() const { return !appends_.empty(); }
    /// Everything that waits, of the events at most what one transaction may have.
    LogWork take();
    /// The work of these is done, whatever came of it: there is room again.
    void done(std::vector<Append> const& appends);
    /// What could not be written; it goes before what came since, though not at once: what failed
    /// a moment ago will fail again.
    void put_back(std::vector<DeliveryRecord> records, SteadyTime now);
    void put_back(SavedTotals totals, SteadyTime now);

    std::size_t events() const { return queued_events_; }
    std::size_t records() const { return records_.size(); }
    /// True while more records wait than should.
    bool is_behind() const { return records_.size() > options_.records_max; }

private:
    WriterOptions options_;
    std::vector<Append> appends_;
    std::size_t queued_events_ = 0;  ///< those being written included
    std::size_t queued_bytes_ = 0;
    std::vector<DeliveryRecord> records_;
    SteadyTime records_due_;
    std::optional<SavedTotals> totals_;
    SteadyTime totals_due_;
};

}  // namespace millrace::broker
