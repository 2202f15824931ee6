// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "broker/control/catalog.hpp"
#include "broker/log/verdict.hpp"

namespace millrace::broker {

/// Asks every trigger of a broker about an event. Pure but for the numbers it gives to verdicts.
class Matcher {
public:
    /// `first_id`: verdict numbers begin here; those below stand in the log already.
    explicit Matcher(std::uint32_t first_id) : next_id_(first_id) {}

    void set_triggers(std::vector<TriggerRoute> const& routes);
    /// One verdict per trigger of `broker`, sorted by trigger.
    std::vector<VerdictRef> judge(std::string const& broker, CloudEvent const& event);

private:
    struct Entry {
        std::string trigger;
        Filter filter;
        VerdictRef matched;
        VerdictRef not_in_force;                               ///< set: says so to every event
        std::unordered_map<std::string, VerdictRef> refusals;  ///< by clause
    };
    VerdictRef make(Verdict verdict);

    std::unordered_map<std::string, std::vector<Entry>> by_broker_;
    /// Every verdict made, by what it says: an object changed back and forth makes no new ones.
    std::unordered_map<std::string, VerdictRef> known_;
    std::uint32_t next_id_;
};

}  // namespace millrace::broker
