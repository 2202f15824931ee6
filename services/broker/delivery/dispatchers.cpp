// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatchers.hpp"

#include <limits>

#include "broker/delivery/delivery_start.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {

Dispatchers::Dispatchers(DispatcherParts parts, DeliveryCursor::Limits limits)
    : parts_(std::move(parts)),
      limits_(limits),
      earlier_wake_(parts_.io.get_executor()),
      tasks_(parts_.io.get_executor()) {
    parts_.wake_at = [this](Dispatcher& dispatcher, SteadyTime due) { wake_at(dispatcher, due); };
    tasks_.spawn_essential("wake dispatchers", wake_due());
}

void Dispatchers::restore(SavedTotals saved, std::optional<Matches> matched, std::int64_t head) {
    saved_ = std::move(saved.triggers);
    received_ = std::move(saved.received);
    restored_head_ = saved.is_whole ? saved.head : 0;
    unsaved_matches_ = std::move(matched);
    head_ = head;
}

std::unique_ptr<Dispatcher> Dispatchers::make(TriggerRouteRef const& route, std::int64_t head) {
    std::optional<TriggerTotals> saved;
    if (auto const found = saved_.find(route->trigger); found != saved_.end()) {
        saved = found->second;
        saved_.erase(found);
    }
    std::optional<MatchSpan> matched;
    if (!unsaved_matches_)
        matched = MatchSpan{.last_seq = head};
    else if (auto const span = unsaved_matches_->find(route->trigger);
             span != unsaved_matches_->end())
        matched = span->second;
    bool const is_new = !saved || saved->removed || !is_same_object(saved->uid, route->uid);
    auto start = delivery_start(
        route->uid, saved, matched,
        {.is_first_listing = is_first_listing_, .saved_head = restored_head_, .head = head});
    start.totals.broker = route->broker;
    if (is_new)
        start.totals.received_before = received_[route->broker];
    return std::make_unique<Dispatcher>(
        parts_, limits_, std::move(start.totals), route, start.unread_to);
}

void Dispatchers::forget(std::string const& trigger, std::int64_t head) {
    saved_[trigger] = {.low_water = head + 1, .first_seq = head + 1, .removed = true};
    changed_saved_.insert(trigger);
}

void Dispatchers::retire(std::unique_ptr<Dispatcher> dispatcher) {
    cancel_wake(*dispatcher);
    parts_.given_up(dispatcher->pending());
    dispatcher->begin_stop();
    retired_.push_back(std::move(dispatcher));
    tasks_.spawn("retire", end(std::prev(retired_.end())));
}

void Dispatchers::set_routes(
    std::vector<TriggerRouteRef> const& routes,
    std::map<std::string, std::string> const& unreadable, std::int64_t head) {
    head_ = head;
    std::set<std::string_view> wanted;
    std::vector<Dispatcher*> made;
    for (TriggerRouteRef const& route : routes) {
        wanted.insert(route->trigger);
        auto found = dispatchers_.find(route->trigger);
        bool const is_other =
            found != dispatchers_.end() && !is_same_object(found->second->route().uid, route->uid);
        if (is_other) {
            by_trigger_.erase(found->first);
            retire(std::move(found->second));
            dispatchers_.erase(found);
            forget(route->trigger, head);
            found = dispatchers_.end();
        }
        if (found != dispatchers_.end()) {
            if (found->second->route_ref() != route)
                found->second->set_route(route);
            continue;
        }
        auto const at = dispatchers_.emplace(route->trigger, make(route, head)).first;
        by_trigger_.emplace(at->first, at->second.get());
        made.push_back(at->second.get());
    }
    // Removed while this process was down, or before it could be read: every object has been
    // listed, so it is not there.
    for (auto& [trigger, totals] : saved_)
        if (!totals.removed && !unreadable.contains(trigger))
            forget(trigger, head);
    for (auto at = dispatchers_.begin(); at != dispatchers_.end();) {
        if (wanted.contains(at->first)) {
            ++at;
            continue;
        }
        log::info("A trigger was removed.", {{"trigger", at->first}});
        by_trigger_.erase(at->first);
        forget(at->first, head);
        retire(std::move(at->second));
        at = dispatchers_.erase(at);
    }
    is_first_listing_ = false;
    unsaved_matches_ = Matches();
    for (Dispatcher* dispatcher : made)
        dispatcher->pump();
}

Task<void> Dispatchers::end(std::list<std::unique_ptr<Dispatcher>>::iterator at) {
    co_await (*at)->stop(steady_now());
    retired_.erase(at);
}

void Dispatchers::stored(EventBatch const& events) {
    std::set<Dispatcher*> touched;
    for (auto const& event : events) {
        ++received_[event->broker];
        received_changed_.insert(event->broker);
        for (TriggerVersionRef const& version : event->matches) {
            auto const found = by_trigger_.find(version->trigger);
            if (found == by_trigger_.end() ||
                !is_same_object(found->second->route().uid, version->uid))
                continue;
            found->second->offer(*event, version->id);
            touched.insert(found->second);
        }
    }
    head_ = events.back()->seq;
    for (Dispatcher* dispatcher : touched)
        dispatcher->pump();
}

TriggersInForceRef Dispatchers::in_force() const {
    auto triggers = std::make_shared<TriggersInForce>();
    for (auto const& [trigger, totals] : saved_)
        if (!totals.removed)
            triggers->emplace(trigger, totals.first_seq);
    for (auto const& [trigger, dispatcher] : dispatchers_)
        triggers->insert_or_assign(trigger, dispatcher->first_seq());
    return triggers;
}

std::uint64_t Dispatchers::received(Dispatcher const& dispatcher) const {
    auto const found = received_.find(dispatcher.route().broker);
    std::uint64_t const all = found == received_.end() ? 0 : found->second;
    std::uint64_t const before = dispatcher.totals().received_before;
    return all > before ? all - before : 0;
}

std::int64_t Dispatchers::low_water() const {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (auto const& [trigger, dispatcher] : dispatchers_)
        lowest = std::min(lowest, dispatcher->cursor().low_water(head_));
    // A trigger that cannot be read now still has to get what waits for it.
    for (auto const& [trigger, totals] : saved_)
        if (!totals.removed)
            lowest =
                std::min(lowest, totals.low_water == 0 ? restored_head_ + 1 : totals.low_water);
    return lowest;
}

SavedTotals Dispatchers::take_changed(std::int64_t oldest_seq) {
    SavedTotals totals;
    for (auto const& [trigger, dispatcher] : dispatchers_)
        if (auto changed = dispatcher->take_changed(head_))
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

void Dispatchers::wake_at(Dispatcher& dispatcher, SteadyTime due) {
    cancel_wake(dispatcher);
    bool const is_earliest = wakes_.empty() || due < wakes_.begin()->first;
    wakes_.emplace(due, &dispatcher);
    wake_of_[&dispatcher] = due;
    if (is_earliest)
        earlier_wake_.notify();
}

void Dispatchers::cancel_wake(Dispatcher& dispatcher) {
    auto const found = wake_of_.find(&dispatcher);
    if (found == wake_of_.end())
        return;
    wakes_.erase({found->second, &dispatcher});
    wake_of_.erase(found);
}

Task<void> Dispatchers::wake_due() {
    for (;;) {
        SteadyTime const next = wakes_.empty() ? SteadyTime::max() : wakes_.begin()->first;
        if (steady_now() < next) {
            if (auto const woken = co_await earlier_wake_.wait_until(next); !woken)
                co_return;
            continue;
        }
        Dispatcher& dispatcher = *wakes_.begin()->second;
        cancel_wake(dispatcher);
        dispatcher.pump();
    }
}

Task<void> Dispatchers::stop(milliseconds grace) {
    SteadyTime const deadline = steady_now() + grace;
    for (auto const& [trigger, dispatcher] : dispatchers_)
        dispatcher->begin_stop();
    co_await tasks_.stop();
    for (auto const& dispatcher : retired_)
        co_await dispatcher->stop(steady_now());
    for (auto const& [trigger, dispatcher] : dispatchers_)
        co_await dispatcher->stop(deadline);
}

}  // namespace millrace::broker
