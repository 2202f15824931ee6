// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "router/checkpoint/key_ranges.hpp"

namespace millrace::router {

/// What has to survive a restart: from where to read again, and what of it was delivered already.
struct CheckpointState {
    std::string instance_uuid;  ///< of the vCenter; empty: never connected
    SystemTime low_water;       ///< createdTime up to which everything is delivered
    KeyRanges delivered;        ///< keys not to be sent again, of low_water - overlap and later
};

/// How far the delivery of one source is. Events get positions in the order they are read; the low
/// water is the time of the last event before which nothing is missing. Pure.
///
/// Duplicates are told by key among the events of the last `overlap`: the reader begins again at
/// low_water - overlap (equal timestamps, late commits, clock steps), and what was seen is dropped.
class Progress {
public:
    Progress(CheckpointState state, nanoseconds overlap);

    /// The position of a newly read event, or nothing if it has been seen before.
    std::optional<std::uint64_t> begin(std::int32_t key, SystemTime created);
    /// The event at `position` is delivered (or dead-lettered). Pre: begun, not yet settled.
    void settle(std::uint64_t position);

    /// From where a new collector has to read.
    SystemTime resume_time() const { return low_water_ - overlap_; }
    /// A new collector begins at resume_time(): what it is about to read once more must not be
    /// forgotten before it has passed it, however far delivery gets meanwhile.
    void reading_restarts() { read_until_ = resume_time(); }
    SystemTime low_water() const { return low_water_; }
    std::size_t unsettled() const { return unsettled_; }
    std::uint64_t settled_total() const { return settled_total_; }
    bool has_seen(std::int32_t key) const { return recent_.contains(key) || older_.contains(key); }

    /// What to write down now.
    CheckpointState checkpoint() const;
    std::int32_t key_at(std::uint64_t position) const;

    /// The source is another, or was restored from a backup: forget, go on at `now`.
    void restart(std::string instance_uuid, SystemTime now);
    std::string const& instance_uuid() const { return instance_uuid_; }

private:
    struct Entry {
        std::int32_t key = 0;
        SystemTime created;
        bool settled = false;
    };
    void advance();
    void rotate();

    std::string instance_uuid_;
    SystemTime low_water_;
    nanoseconds overlap_;
    std::deque<Entry> window_;
    std::uint64_t window_start_ = 0;
    std::size_t unsettled_ = 0;
    std::uint64_t settled_total_ = 0;
    /// Two generations of seen keys, each spanning at least `overlap`: dropping the older is how
    /// old keys are forgotten.
    KeyRanges recent_;
    KeyRanges older_;
    SystemTime recent_since_;
    /// The latest time the present collector has reached.
    SystemTime read_until_;
};

}  // namespace millrace::router
