// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

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
///
/// Its memory is bounded by what is unsettled and by the gaps between the keys seen since the low
/// water, however long one event holds the low water back.
class DeliveryWindow {
public:
    DeliveryWindow(CheckpointState state, nanoseconds overlap);

    /// The position of a newly read event, or nothing if it has been seen before.
    std::optional<std::uint64_t> begin(std::int32_t key, SystemTime created);
    /// The event at `position` is delivered, dead-lettered or left out. Pre: begun, not yet
    /// settled.
    void settle(std::uint64_t position);

    /// From where a new collector has to read.
    SystemTime resume_time() const { return low_water() - overlap_; }
    /// A new collector begins at resume_time(): what it is about to read once more must not be
    /// forgotten before it has passed it, however far delivery gets meanwhile.
    void reading_restarts() { read_until_ = resume_time(); }
    SystemTime low_water() const {
        return entries_.empty() ? begun_until_ : entries_.front().before;
    }
    std::size_t unsettled() const { return unsettled_; }
    bool has_seen(std::int32_t key) const { return recent_.contains(key) || older_.contains(key); }

    /// What to write down now.
    CheckpointState checkpoint() const;

    /// The source is another, or was restored from a backup: forget, go on at `begin`. Pre: nothing
    /// is unsettled.
    void restart(std::string instance_uuid, SystemTime begin);
    std::string const& instance_uuid() const { return instance_uuid_; }

    /// Entries kept, for the proof that they are bounded.
    std::size_t kept_entries() const { return entries_.size(); }

private:
    struct Entry {
        std::uint64_t position = 0;
        SystemTime before;  ///< the latest time of all events begun before it
        std::int32_t key = 0;
        bool settled = false;
    };
    Entry& entry_at(std::uint64_t position);
    void compact();
    void rotate();

    std::string instance_uuid_;
    nanoseconds overlap_;
    std::deque<Entry> entries_;  ///< by position; the first is unsettled
    std::uint64_t next_position_ = 0;
    std::size_t unsettled_ = 0;
    /// Timestamps can step back (NTP); this does not, or old keys would return.
    SystemTime begun_until_;
    /// Two generations of seen keys: the older is forgotten when nothing of it can be read again.
    KeyRanges recent_;
    KeyRanges older_;
    SystemTime recent_until_;
    SystemTime older_until_;
    /// The latest time the present collector has reached.
    SystemTime read_until_;
};

}  // namespace millrace::router
