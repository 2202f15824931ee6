// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "common/base/clock.hpp"

namespace millrace::broker {

/// Decides which event of one trigger is sent next. Events of one lane (same source and
/// partition key) go strictly one after the other: the next only when the former is finished,
/// retries included. Lane 0 means no order: such an event waits for none. Pure; time is handed in.
class LaneSchedule {
public:
    /// Pre: `seq` is greater than every one added before.
    void add(std::int64_t seq, std::uint64_t lane);

    /// The oldest event that may be sent at `now`; it counts as in flight until finish or retry.
    std::optional<std::int64_t> take(SteadyTime now);
    /// `seq`, in flight, shall be sent again at `due`.
    void retry(std::int64_t seq, SteadyTime due);
    /// Everything that waits for its retry may be taken at once.
    void hurry();
    /// `seq`, in flight, is done with: delivered or given up. Its lane goes on.
    void finish(std::int64_t seq);

    /// When the earliest waiting retry is due; nothing if none waits.
    std::optional<SteadyTime> next_due() const;
    /// The event that has to be finished before `seq` may be taken; nothing if none has to.
    std::optional<std::int64_t> blocked_by(std::int64_t seq) const;
    /// When `seq` is due again; nothing if it waits for no retry.
    std::optional<SteadyTime> due_of(std::int64_t seq) const;
    std::size_t size() const { return lane_of_.size(); }
    bool contains(std::int64_t seq) const { return lane_of_.contains(seq); }
    std::size_t in_flight() const { return in_flight_; }
    /// The smallest sequence number not finished; nothing when empty.
    std::optional<std::int64_t> lowest() const;

private:
    std::map<std::int64_t, std::uint64_t> lane_of_;  ///< every event not finished
    std::unordered_map<std::uint64_t, std::deque<std::int64_t>> lanes_;
    std::set<std::int64_t> ready_;
    std::set<std::pair<SteadyTime, std::int64_t>> waiting_;
    std::size_t in_flight_ = 0;
};

}  // namespace millrace::broker
