// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <unordered_map>

#include "broker/record/stored_event.hpp"
#include "common/base/clock.hpp"

namespace millrace::broker {

/// The newest events in memory, so that most deliveries read no disk. Bounded in bytes and in age;
/// the oldest go first and are then read from the log. Most are delivered within milliseconds: kept
/// by bytes alone, a broker with few events would hold all of a quarter of an hour for nobody.
class RecentEvents {
public:
    RecentEvents(std::size_t bytes_max, nanoseconds age_max)
        : bytes_max_(bytes_max),
          age_max_(age_max) {}

    /// What is too old by `now` goes.
    void put(StoredEventRef event, SteadyTime now);
    /// nullptr if it is not here.
    StoredEventRef find(std::int64_t seq) const;

private:
    struct Kept {
        std::int64_t seq;
        SteadyTime since;
    };
    void drop_oldest();

    std::size_t bytes_max_;
    nanoseconds age_max_;
    std::size_t bytes_ = 0;
    std::deque<Kept> order_;
    std::unordered_map<std::int64_t, StoredEventRef> events_;
};

}  // namespace millrace::broker
