// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <span>

#include "broker/log/retention.hpp"
#include "broker/log/segment.hpp"

namespace millrace::broker {

struct EventLogOptions {
    std::filesystem::path folder;  ///< of the segments
    std::int64_t segment_events_max = 250'000;
    std::int64_t segment_bytes_max = std::int64_t{256} << 20;
    RetentionLimits retention;
};

/// The durable log: what is committed here is what a sender was promised. Used by the writer's
/// thread alone; readers have their own connections to the files of `directory()`.
class EventLog {
public:
    /// Opens what is there. Throws StartupError if the folder cannot be used or a file is broken.
    EventLog(EventLogOptions options, SegmentDirectory& directory);

    /// Sequence number of the next event.
    std::int64_t next_seq() const { return next_seq_; }
    std::uint32_t next_verdict_id() const { return next_verdict_id_; }

    /// Stores events (giving them their sequence numbers and a time that never goes back) and
    /// delivery records, both or none where the records are of recent events; records of events in
    /// older segments follow in transactions of their own. Errors: `storage`; then no event is
    /// stored and no sequence number used.
    Result<void> commit(
        std::span<std::shared_ptr<StoredEvent> const> events,
        std::span<DeliveryRecord const> records);

    /// Begins a new segment if the newest is full. Errors: `storage`; tried again next time.
    Result<void> roll_if_full();
    /// Drops what is over the limits. `low_water`: the oldest event still to be delivered.
    void apply_retention(std::int64_t low_water, SystemTime now);
    std::int64_t bytes_on_disk() const;
    std::size_t segments() const { return infos_.size(); }

private:
    void open_existing();
    Result<void> open_active(SegmentInfo info);
    Result<void> commit_to_active(
        std::span<std::shared_ptr<StoredEvent> const> events,
        std::span<DeliveryRecord const> records);
    Result<void> commit_to_older(std::span<DeliveryRecord const> records);
    /// The segment of `seq`, opened; nullptr if it has been dropped.
    Result<Segment*> older_segment(std::int64_t seq);
    void drop_oldest(std::size_t count);
    void publish();

    EventLogOptions options_;
    SegmentDirectory& directory_;
    SegmentList infos_;
    std::unique_ptr<Segment> active_;
    std::list<Segment> older_;  ///< opened for late delivery records, most recently used first
    std::int64_t next_seq_ = 1;
    std::uint32_t next_verdict_id_ = 1;
    SystemTime last_received_at_;
    std::int64_t active_bytes_ = 0;
};

}  // namespace millrace::broker
