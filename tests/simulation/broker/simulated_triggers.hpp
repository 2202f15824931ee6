// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/control/catalog.hpp"

namespace millrace::test {

/// A Trigger as its object says it; what it matches is said here once more, in the test's words.
struct SimulatedTrigger {
    std::string name;
    char const* filter;
    bool (*matches)(std::string_view type);
    bool is_there = true;
    unsigned made = 1;     ///< so many times, each with a uid of its own
    unsigned address = 1;  ///< which of its addresses
    unsigned retries = 10;

    std::string uid() const { return name + "-" + std::to_string(made); }
};

/// One for all events, two for some, one for none; the last is for those who change it.
std::vector<SimulatedTrigger> first_triggers();
broker::TriggerRouteRef route_of(SimulatedTrigger const& trigger);
/// Its filter becomes another one, and back.
void edit_filter(SimulatedTrigger& trigger);

}  // namespace millrace::test
