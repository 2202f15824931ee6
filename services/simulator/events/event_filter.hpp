// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulator/events/event_store.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// EventFilterSpec as vSphere defines it; what is absent matches everything.
struct EventFilter {
    enum class Recursion { self, children, all };
    struct Entity {
        std::string id;
        Recursion recursion = Recursion::all;
    };
    std::optional<Entity> entity;
    std::optional<SystemTime> begin;           ///< inclusive
    std::optional<SystemTime> end;             ///< inclusive
    std::set<std::string, std::less<>> users;  ///< with has_user_filter; empty: all users
    bool system_user = false;                  ///< with has_user_filter: events without one, too
    bool has_user_filter = false;
    std::optional<std::int32_t> chain;
    std::vector<std::string> classes;   ///< `type`: class names, subclasses match
    std::vector<std::string> type_ids;  ///< `eventTypeId`
    bool with_message = true;           ///< not disableFullMessage
    int latest_page_size = 10;          ///< maxCount
};

/// Decides which stored events a collector shows. Keeps the verdict per context, so that asking
/// the inventory happens once for each set of objects an event can name.
class EventMatcher {
public:
    EventMatcher(EventFilter filter, Inventory const& inventory);

    bool matches(EventRow const& row);
    EventFilter const& filter() const { return filter_; }

private:
    bool matches_entity(EventRow const& row);
    bool matches_type(EventRow const& row) const;
    bool context_matches(EventContext const& context) const;

    EventFilter filter_;
    Inventory const* inventory_;  ///< outlives this
    bool any_entity_ = false;
    std::vector<std::int8_t> context_verdicts_;  ///< -1 not asked yet
};

}  // namespace millrace::simulator
