// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/control/catalog.hpp"
#include "broker/intake/filter_index.hpp"

namespace millrace::broker {

/// Asks the triggers of a broker about an event. Pure but for the numbers it gives to versions of
/// triggers and to their sets.
class Matcher {
public:
    /// Numbers begin here; those below stand in the log already.
    struct FirstIds {
        std::uint32_t version = 1;
        std::uint32_t set = 1;
    };
    explicit Matcher(FirstIds first) : next_(first) {}

    /// What says the same as before keeps its number; a broker whose triggers did not change keeps
    /// its set.
    void set_triggers(std::vector<TriggerRouteRef> const& routes);

    struct Answer {
        TriggerSetRef asked;  ///< nullptr: the broker has no triggers
        std::vector<TriggerVersionRef> matches;
    };
    Answer ask(std::string const& broker, CloudEvent const& event) const;

private:
    TriggerVersionRef version_of(TriggerRoute const& route);
    void set_members(std::string const& broker, std::vector<TriggerVersionRef> members);

    std::unordered_map<std::string, std::unique_ptr<FilterIndex>> by_broker_;
    /// The version in use of each trigger.
    std::unordered_map<std::string, TriggerVersionRef> current_;
    FirstIds next_;
};

}  // namespace millrace::broker
