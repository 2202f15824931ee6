// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/history/history.hpp"

namespace millrace::broker {

/// Which events' deliveries have changed since that was last told, and how each event's stand in
/// sum: what live streams hear, so that a row turns from waiting to delivered by itself. Many
/// changes of one event between two tellings are one. Pure; bounded: what it cannot keep, it says
/// it has lost.
class DeliveryBoard {
public:
    /// `deliveries_max`: of all events it knows together.
    explicit DeliveryBoard(std::size_t deliveries_max = 100'000)
        : deliveries_max_(deliveries_max) {}

    /// An event that has just been stored: nothing of it is delivered yet.
    void stored(StoredEvent const& event);
    /// A delivery was tried, settled or given up.
    void changed(DeliveryRecord const& record);

    /// What a reader was given of the event may be older than what has changed: it is read again
    /// and told.
    void doubt(std::int64_t seq);

    struct Row {
        std::int64_t seq = 0;
        DeliveryCounts counts;
    };
    /// Up to `max` rows that have changed, oldest event first; they count as told.
    std::vector<Row> take(std::size_t max);
    /// Up to `max` events that have changed and of which it knows no more: read them and call
    /// learn.
    std::vector<std::int64_t> unread(std::size_t max) const;
    /// What the history says of one of unread(); nothing: it has been aged out. What changed while
    /// it was read is newer and wins.
    void learn(
        std::int64_t seq, HistoryRecord const* record, TriggersInForce const* triggers = nullptr);

    bool has_news() const { return !changed_.empty() || !unread_.empty() || lost_; }
    /// True once after changes had to be forgotten: readers have to read the history.
    bool take_lost();
    void clear();

private:
    using States = std::map<std::uint32_t, DeliveryState>;  ///< by version of the trigger
    void keep_bounds();
    void forget(std::map<std::int64_t, States>::iterator at);

    std::size_t deliveries_max_;
    std::size_t deliveries_ = 0;             ///< in rows_ and unread_ together
    std::map<std::int64_t, States> rows_;    ///< events whose every delivery is known
    std::set<std::int64_t> changed_;         ///< of rows_
    std::map<std::int64_t, States> unread_;  ///< events of which only these changes are known
    bool lost_ = false;
};

}  // namespace millrace::broker
