// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <unordered_map>

#include "broker/record/stored_event.hpp"

namespace millrace::broker {

/// The newest events in memory, so that most deliveries read no disk. Bounded in bytes; the oldest
/// go first and are then read from the log.
class RecentEvents {
public:
    explicit RecentEvents(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void put(StoredEventRef event);
    /// nullptr if it is not here.
    StoredEventRef find(std::int64_t seq) const;

private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::deque<std::int64_t> order_;
    std::unordered_map<std::int64_t, StoredEventRef> events_;
};

}  // namespace millrace::broker
