// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/matcher.hpp"

#include <algorithm>
#include <map>

namespace millrace::broker {

TriggerVersionRef Matcher::version_of(TriggerRoute const& route) {
    TriggerVersionRef& current = current_[route.trigger];
    bool const is_same = current && current->uid == route.uid &&
                         current->filter == route.filter_text && current->fault == route.fault;
    if (is_same)
        return current;
    TriggerVersion version{
        .id = next_.version++,
        .trigger = route.trigger,
        .uid = route.uid,
        .filter = route.filter_text,
        .fault = route.fault};
    if (route.fault.empty())
        version.parsed = route.filter;
    current = std::make_shared<TriggerVersion const>(std::move(version));
    return current;
}

void Matcher::set_members(std::string const& broker, std::vector<TriggerVersionRef> members) {
    std::unique_ptr<FilterIndex>& index = by_broker_[broker];
    if (index && index->set()->members == members)
        return;
    TriggerSet set{.id = next_.set++, .members = std::move(members)};
    index = std::make_unique<FilterIndex>(std::make_shared<TriggerSet const>(std::move(set)));
}

void Matcher::set_triggers(std::vector<TriggerRouteRef> const& routes) {
    std::map<std::string, std::vector<TriggerVersionRef>> members;
    std::unordered_map<std::string, TriggerVersionRef> used;
    for (TriggerRouteRef const& route : routes) {
        TriggerVersionRef version = version_of(*route);
        used.emplace(route->trigger, version);
        members[route->broker].push_back(std::move(version));
    }
    current_ = std::move(used);
    std::erase_if(by_broker_, [&](auto const& entry) { return !members.contains(entry.first); });
    for (auto& [broker, versions] : members) {
        std::ranges::sort(versions, {}, [](auto const& version) { return version->trigger; });
        set_members(broker, std::move(versions));
    }
}

Matcher::Answer Matcher::ask(std::string const& broker, CloudEvent const& event) const {
    auto const found = by_broker_.find(broker);
    if (found == by_broker_.end())
        return {};
    return {.asked = found->second->set(), .matches = found->second->matches(event)};
}

}  // namespace millrace::broker
