// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/trigger_deliveries.hpp"

#include <limits>
#include <unordered_set>

#include "broker/delivery/delivery_start.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

/// What the object of this route can have matched; nothing if it is none.
std::optional<MatchSpan> span_of(TriggerMatches const& matches, TriggerRoute const& route) {
    std::optional<MatchSpan> sum;
    for (auto at = matches.lower_bound({route.trigger, ""});
         at != matches.end() && at->first.first == route.trigger; ++at) {
        if (!is_same_object(at->first.second, route.uid))
            continue;
        if (!sum)
            sum.emplace();
        sum->last_seq = std::max(sum->last_seq, at->second.last_seq);
        sum->count += at->second.count;
    }
    return sum;
}

}  // namespace

void TriggerDeliveries::restore(
    SavedTotals saved, std::optional<Matches> matched, std::int64_t head) {
    saved_ = std::move(saved.triggers);
    received_ = std::move(saved.received);
    restored_head_ = saved.is_whole ? saved.head : 0;
    unsaved_matches_ = std::move(matched);
    head_ = head;
}

std::unique_ptr<TriggerDelivery> TriggerDeliveries::make(
    TriggerRouteRef const& route, std::int64_t head) {
    std::optional<TriggerTotals> saved;
    if (auto const found = saved_.find(route->trigger); found != saved_.end()) {
        saved = found->second;
        saved_.erase(found);
    }
    std::optional<MatchSpan> const matched =
        unsaved_matches_ ? span_of(*unsaved_matches_, *route) : MatchSpan{.last_seq = head};
    bool const is_new = !saved || saved->removed || !is_same_object(saved->uid, route->uid);
    auto start = delivery_start(
        route->uid, saved, matched,
        {.is_first_listing = is_first_listing_, .saved_head = restored_head_, .head = head});
    start.totals.broker = route->broker;
    if (is_new)
        start.totals.received_before = received_[route->broker];
    return std::make_unique<TriggerDelivery>(
        limits_, std::move(start.totals), route, start.unread_to);
}

void TriggerDeliveries::forget(std::string const& trigger, std::int64_t head) {
    saved_[trigger] = {.low_water = head + 1, .first_seq = head + 1, .removed = true};
    changed_saved_.insert(trigger);
}

TriggerDeliveries::ByTrigger::iterator TriggerDeliveries::remove(
    ByTrigger::iterator at, std::int64_t head, Changes& changes) {
    by_trigger_.erase(at->first);
    forget(at->first, head);
    changes.removed.push_back(std::move(at->second));
    return deliveries_.erase(at);
}

TriggerDeliveries::Changes TriggerDeliveries::set_routes(
    std::vector<TriggerRouteRef> const& routes,
    std::map<std::string, std::string> const& unreadable, std::int64_t head) {
    head_ = head;
    Changes changes;
    std::set<std::string_view> wanted;
    for (TriggerRouteRef const& route : routes) {
        wanted.insert(route->trigger);
        auto found = deliveries_.find(route->trigger);
        bool const is_other =
            found != deliveries_.end() && !is_same_object(found->second->route().uid, route->uid);
        if (is_other) {
            remove(found, head, changes);
            found = deliveries_.end();
        }
        if (found != deliveries_.end()) {
            if (found->second->route_ref() != route && found->second->set_route(route))
                changes.readdressed.push_back(found->second.get());
            continue;
        }
        auto const at = deliveries_.emplace(route->trigger, make(route, head)).first;
        by_trigger_.emplace(at->first, at->second.get());
        changes.made.push_back(at->second.get());
    }
    // Removed while this process was down, or before it could be read: every object has been
    // listed, so it is not there.
    for (auto& [trigger, totals] : saved_)
        if (!totals.removed && !unreadable.contains(trigger))
            forget(trigger, head);
    for (auto at = deliveries_.begin(); at != deliveries_.end();) {
        if (wanted.contains(at->first)) {
            ++at;
            continue;
        }
        log::info("A trigger was removed.", {{"trigger", at->first}});
        at = remove(at, head, changes);
    }
    is_first_listing_ = false;
    unsaved_matches_ = Matches();
    return changes;
}

std::vector<TriggerDelivery*> TriggerDeliveries::stored(EventBatch const& events) {
    std::vector<TriggerDelivery*> touched;
    std::unordered_set<TriggerDelivery*> known;
    for (auto const& event : events) {
        ++received_[event->broker];
        received_changed_.insert(event->broker);
        for (TriggerVersionRef const& version : event->matches) {
            auto const found = by_trigger_.find(version->trigger);
            if (found == by_trigger_.end() ||
                !is_same_object(found->second->route().uid, version->uid))
                continue;
            found->second->offered(*event, version->id);
            if (known.insert(found->second).second)
                touched.push_back(found->second);
        }
    }
    head_ = events.back()->seq;
    return touched;
}

TriggersInForceRef TriggerDeliveries::in_force() const {
    auto triggers = std::make_shared<TriggersInForce>();
    for (auto const& [trigger, totals] : saved_)
        if (!totals.removed)
            triggers->emplace(trigger, totals.first_seq);
    for (auto const& [trigger, delivery] : deliveries_)
        triggers->insert_or_assign(trigger, delivery->first_seq());
    return triggers;
}

std::uint64_t TriggerDeliveries::received(TriggerDelivery const& delivery) const {
    auto const found = received_.find(delivery.route().broker);
    std::uint64_t const all = found == received_.end() ? 0 : found->second;
    std::uint64_t const before = delivery.totals().received_before;
    return all > before ? all - before : 0;
}

std::int64_t TriggerDeliveries::low_water() const {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (auto const& [trigger, delivery] : deliveries_)
        lowest = std::min(lowest, delivery->cursor().low_water(head_));
    // A trigger that cannot be read now still has to get what waits for it.
    for (auto const& [trigger, totals] : saved_)
        if (!totals.removed)
            lowest =
                std::min(lowest, totals.low_water == 0 ? restored_head_ + 1 : totals.low_water);
    return lowest;
}

SavedTotals TriggerDeliveries::take_changed(std::int64_t oldest_seq) {
    SavedTotals totals;
    for (auto const& [trigger, delivery] : deliveries_)
        if (auto changed = delivery->take_changed(head_))
            totals.triggers.emplace(trigger, std::move(*changed));
    for (auto at = saved_.begin(); at != saved_.end();) {
        if (at->second.removed && at->second.first_seq <= oldest_seq) {
            totals.forgotten_triggers.push_back(at->first);
            at = saved_.erase(at);
            continue;
        }
        // One that waits to be readable must not count as caught up with the head of today.
        if (!at->second.removed && at->second.low_water == 0) {
            at->second.low_water = restored_head_ + 1;
            changed_saved_.insert(at->first);
        }
        if (changed_saved_.contains(at->first))
            totals.triggers.emplace(at->first, at->second);
        ++at;
    }
    changed_saved_.clear();
    for (std::string const& broker : std::exchange(received_changed_, {}))
        totals.received.emplace(broker, received_[broker]);
    totals.head = head_;
    return totals;
}

}  // namespace millrace::broker
