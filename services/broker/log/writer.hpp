// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "broker/log/log_keeper.hpp"
#include "common/base/telemetry.hpp"
#include "common/net/task.hpp"

namespace millrace::broker {

/// The thread that owns the log. Group commit: whatever is queued goes into one transaction with
/// one fsync; then all who wait are answered. Its methods are called on the io thread.
class Writer {
public:
    /// Called on the io thread once a transaction with all its events, in the log's order, before
    /// the waiting requests are answered.
    using Stored = std::function<void(EventBatch const&)>;

    /// `io`, `log` and `totals` outlive the writer.
    struct Parts {
        asio::io_context& io;
        EventLog& log;
        TotalsFile& totals;
        Telemetry& telemetry;
    };
    Writer(Parts parts, WriterOptions options, Stored stored);
    ~Writer();

    /// Stores the events durably; they then have their sequence numbers. Errors: `unavailable`
    /// (queue full or stopping), `storage` (disk).
    Task<Result<void>> store(EventBatch events);
    /// Queues what became of a delivery; written within milliseconds, kept while the disk is full.
    void record(DeliveryRecord record);
    /// True while more records wait than should: dispatchers pause.
    bool is_behind() const;
    /// Saves counters; written after every record queued before.
    void save(SavedTotals totals);
    /// The oldest event still to be delivered, for retention.
    void set_low_water(std::int64_t seq) { low_water_ = seq; }

    /// Empty, or why events cannot be stored.
    std::string trouble() const;
    /// Empty, or why what became of deliveries of older events cannot be written.
    std::string late_trouble() const;
    std::size_t queued_events() const;
    std::int64_t bytes_on_disk() const { return bytes_on_disk_; }

    /// Writes everything queued and ends the thread. No store() may follow.
    void stop();

private:
    void enqueue(Append append);
    void hand_over();
    void run();
    /// Waits for work; false: it is the last.
    bool next_work(LogWork& work);
    void perform(LogWork work, bool is_last);
    void answer(std::vector<Append> appends, EventBatch events, Result<void> const& outcome);
    void note_trouble(std::string text);

    asio::io_context& io_;
    Stored stored_;
    Histogram& commit_seconds_;
    Counter& commits_total_;

    /// Requests that became ready together, on the io thread alone: handed over in one go after the
    /// last of them, so that they share a transaction and the lock is taken once.
    std::vector<Append> gathering_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    WriteQueue queue_;
    std::string trouble_;
    std::string late_trouble_;
    bool stopping_ = false;

    std::atomic<std::int64_t> low_water_ = 0;
    std::atomic<std::int64_t> bytes_on_disk_ = 0;
    LogKeeper keeper_;  ///< of the thread alone
    std::thread thread_;
};

}  // namespace millrace::broker
