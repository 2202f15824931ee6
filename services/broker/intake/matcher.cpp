// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/matcher.hpp"

namespace millrace::broker {

VerdictRef Matcher::make(Verdict verdict) {
    std::string key = verdict.trigger;
    for (std::string const* part : {&verdict.clause, &verdict.attribute, &verdict.expected})
        key.append("\n").append(*part);
    if (verdict.matched)
        key += "\nmatched";
    VerdictRef& known = known_[key];
    if (!known) {
        verdict.id = next_id_++;
        known = std::make_shared<Verdict const>(std::move(verdict));
    }
    return known;
}

void Matcher::set_triggers(std::vector<TriggerRoute> const& routes) {
    by_broker_.clear();
    for (TriggerRoute const& route : routes) {
        Entry entry{.trigger = route.trigger, .filter = route.filter};
        entry.matched = make({.trigger = route.trigger, .matched = true});
        if (!route.fault.empty())
            entry.not_in_force = make({.trigger = route.trigger, .expected = route.fault});
        by_broker_[route.broker].push_back(std::move(entry));
    }
}

std::vector<VerdictRef> Matcher::judge(std::string const& broker, CloudEvent const& event) {
    std::vector<VerdictRef> verdicts;
    auto const found = by_broker_.find(broker);
    if (found == by_broker_.end())
        return verdicts;
    verdicts.reserve(found->second.size());
    for (Entry& entry : found->second) {
        if (entry.not_in_force) {
            verdicts.push_back(entry.not_in_force);
            continue;
        }
        auto const mismatch = entry.filter.mismatch(event);
        if (!mismatch) {
            verdicts.push_back(entry.matched);
            continue;
        }
        VerdictRef& refusal = entry.refusals[mismatch->clause];
        if (!refusal)
            refusal = make(
                {.trigger = entry.trigger,
                 .clause = mismatch->clause,
                 .attribute = mismatch->attribute,
                 .expected = mismatch->expected});
        verdicts.push_back(refusal);
    }
    return verdicts;
}

}  // namespace millrace::broker
