// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatchers.hpp"

#include <limits>
#include <set>

#include "common/base/log.hpp"

namespace millrace::broker {

Dispatchers::Dispatchers(DispatcherParts parts, DispatcherOptions options)
    : parts_(std::move(parts)),
      options_(options),
      tasks_(parts_.io.get_executor()) {}

std::unique_ptr<Dispatcher> Dispatchers::make(TriggerRoute const& route, std::int64_t head) {
    TriggerTotals totals;
    if (auto const saved = saved_.find(route.trigger); saved != saved_.end()) {
        totals = saved->second;
        totals.removed = false;
        saved_.erase(saved);
    }
    auto dispatcher = std::make_unique<Dispatcher>(parts_, options_, std::move(totals));
    dispatcher->set_route(route);
    dispatcher->start(head);
    return dispatcher;
}

void Dispatchers::set_routes(std::vector<TriggerRoute> const& routes, std::int64_t head) {
    std::set<std::string> wanted;
    for (TriggerRoute const& route : routes) {
        wanted.insert(route.trigger);
        auto const found = dispatchers_.find(route.trigger);
        if (found != dispatchers_.end())
            found->second->set_route(route);
        else
            dispatchers_.emplace(route.trigger, make(route, head));
    }
    TriggerTotals const gone{.low_water = head + 1, .first_seq = head + 1, .removed = true};
    // Removed while this process was down.
    for (auto& [trigger, totals] : saved_)
        if (!totals.removed)
            totals = gone;
    for (auto at = dispatchers_.begin(); at != dispatchers_.end();) {
        if (wanted.contains(at->first)) {
            ++at;
            continue;
        }
        saved_[at->first] = gone;
        retired_.push_back(std::move(at->second));
        tasks_.spawn("retire", retire(std::prev(retired_.end())));
        at = dispatchers_.erase(at);
    }
}

Task<void> Dispatchers::retire(std::list<std::unique_ptr<Dispatcher>>::iterator at) {
    log::info("A trigger was removed.", {{"trigger", (*at)->route().trigger}});
    co_await (*at)->stop(steady_now());
    retired_.erase(at);
}

void Dispatchers::stored(EventBatch const& events) {
    for (auto const& event : events)
        for (VerdictRef const& verdict : event->verdicts) {
            auto const found = dispatchers_.find(verdict->trigger);
            if (found == dispatchers_.end())
                continue;
            ++found->second->totals().received;
            if (verdict->matched)
                found->second->offer(*event, verdict);
        }
    for (auto const& [trigger, dispatcher] : dispatchers_)
        dispatcher->advance(events.back()->seq);
}

std::int64_t Dispatchers::low_water() const {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (auto const& [trigger, dispatcher] : dispatchers_)
        lowest = std::min(lowest, dispatcher->low_water());
    return lowest;
}

SavedTotals Dispatchers::totals(std::int64_t oldest_seq) {
    SavedTotals totals;
    for (auto const& [trigger, dispatcher] : dispatchers_)
        totals.triggers.emplace(trigger, dispatcher->totals());
    for (auto const& [trigger, saved] : saved_)
        if (saved.first_seq > oldest_seq)
            totals.triggers.emplace(trigger, saved);
        else
            totals.forgotten_triggers.push_back(trigger);
    for (std::string const& trigger : totals.forgotten_triggers)
        saved_.erase(trigger);
    return totals;
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
