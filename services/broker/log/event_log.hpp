// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <span>

#include "broker/log/log_state.hpp"
#include "broker/log/retention.hpp"
#include "broker/log/segment.hpp"
#include "common/base/free_space.hpp"

namespace millrace::broker {

struct EventLogOptions {
    std::filesystem::path folder;  ///< of the segments
    std::int64_t segment_events_max = 250'000;
    std::int64_t segment_bytes_max = std::int64_t{256} << 20;
    RetentionLimits retention;
    std::function<SteadyTime()> clock = steady_now;  ///< what its age is measured by
    /// With less on the disk no event is taken: the rest is for what becomes of those that are
    /// there. 0: whatever fits is taken.
    std::int64_t free_bytes_min = 0;
    std::function<Result<std::int64_t>(std::filesystem::path const& folder)> free_bytes =
        millrace::free_bytes;
};

/// Events that were stored and are not there any more, or a file that had to be set aside.
struct LogDamage {
    std::filesystem::path file;
    std::string problem;         ///< a sentence with the remedy
    std::int64_t first_seq = 0;  ///< of the events that are missing; 0: none
    std::int64_t last_seq = 0;
};

/// The durable log: what is committed here is what a sender was promised. Used by the writer's
/// thread alone; readers have their own connections to the files of `directory()`.
class EventLog {
public:
    /// Opens what is there. A file that is damaged is set aside and told by damages(). Throws
    /// StartupError, naming the file, where the log cannot be used: no permission, a file of
    /// another version, files that changed places.
    EventLog(EventLogOptions options, SegmentDirectory& directory);

    /// What was found at the start.
    std::vector<LogDamage> const& damages() const { return damages_; }
    /// Sequence number of the next event.
    std::int64_t next_seq() const { return next_seq_; }
    std::uint32_t next_version_id() const { return next_version_id_; }
    std::uint32_t next_set_id() const { return next_set_id_; }
    /// Delivery records of events from here on share the transaction of new events.
    std::int64_t recent_seq() const { return active_->info().first_seq; }

    /// Whether the disk has room for events. Errors: `storage`.
    Result<void> check_room() const;
    /// Stores events (giving them their sequence numbers and a time that never goes back) and
    /// delivery records of events from recent_seq() on, all or none. Errors: `storage`, `damaged`;
    /// then no event is stored and no sequence number used.
    Result<void> append(
        std::span<std::shared_ptr<StoredEvent> const> events,
        std::span<DeliveryRecord const> records);
    /// Delivery records of one older segment, in a transaction of its own: what is wrong with that
    /// file concerns no event of another. Pre: all of one segment (segment_of). A segment that was
    /// dropped needs none. Errors: `storage`, `damaged`; then none is stored.
    Result<void> amend(std::span<DeliveryRecord const> records);
    /// Number of the segment that has `seq`; 0: dropped.
    std::uint32_t segment_of(std::int64_t seq) const;

    /// What a process before left in the newest file without a sync, or after one that failed, is
    /// safe from a power cut from here on: nothing may be promised or saved before that builds on
    /// it. append() and roll_if_full() do it. Errors: `storage`; tried again next time.
    Result<void> confirm();
    /// Begins a new segment if the newest is full. Errors: `storage`; tried again next time.
    Result<void> roll_if_full();
    /// Drops what is over the limits. `low_water`: the oldest event still to be delivered. Errors:
    /// `storage`; then nothing is dropped.
    Result<void> apply_retention(std::int64_t low_water);
    std::int64_t bytes_on_disk() const;
    std::size_t segments() const { return infos_.size(); }
    nanoseconds age() const { return age_at_open_ + (options_.clock() - opened_at_); }

private:
    std::optional<LogState> read_state();
    void open_existing(std::optional<LogState> const& state);
    /// The process ended while this file was made: nothing was ever in it.
    bool drop_unfinished(std::uint32_t number);
    void open_one(std::uint32_t number, bool is_newest, bool is_begin_known);
    void set_aside(SegmentInfo const& info, Error const& error);
    void tell_gap(
        std::filesystem::path const& file, std::string const& problem, std::int64_t first,
        std::int64_t last);
    Result<void> open_active(SegmentInfo info);
    /// The segment with this number, opened.
    Result<Segment*> older_segment(SegmentInfo const& info);
    Result<void> drop_oldest(std::size_t count);
    Result<void> write_state();
    /// So that a power cut does not take it back.
    Result<void> keep_state();
    void publish();

    EventLogOptions options_;
    SegmentDirectory& directory_;
    LogStateFile state_file_;
    SegmentList infos_;
    std::unique_ptr<Segment> active_;
    bool is_confirmed_ = true;  ///< nothing of a process before is in active_'s write-ahead log
    std::list<Segment> older_;  ///< opened for late delivery records, most recently used first
    std::vector<LogDamage> damages_;
    std::uint32_t newest_number_ = 0;  ///< of the files, those set aside included
    std::int64_t next_seq_ = 1;
    std::int64_t noted_seq_ = 0;  ///< newest event as the state has it
    std::uint32_t next_version_id_ = 1;
    std::uint32_t next_set_id_ = 1;
    SystemTime last_received_at_;
    std::int64_t active_bytes_ = 0;
    nanoseconds age_at_open_{};
    SteadyTime opened_at_;
};

}  // namespace millrace::broker
