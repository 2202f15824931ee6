// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace millrace::broker {

/// Which triggers are in force, each with the first event that is its own: what a removed trigger
/// of the same name matched before will never be delivered.
using TriggersInForce = std::map<std::string, std::int64_t, std::less<>>;
using TriggersInForceRef = std::shared_ptr<TriggersInForce const>;

/// Whether an unsettled delivery of event `seq` to `trigger` has been given up because the trigger
/// was removed. Without `triggers` nothing is known of them: it has not.
inline bool is_abandoned(
    TriggersInForce const* triggers, std::string const& trigger, std::int64_t seq) {
    if (triggers == nullptr)
        return false;
    auto const found = triggers->find(trigger);
    return found == triggers->end() || seq < found->second;
}

}  // namespace millrace::broker
