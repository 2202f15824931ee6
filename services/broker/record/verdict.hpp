// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/record/stored_event.hpp"

namespace millrace::broker {

/// What one trigger said of an event.
struct Verdict {
    std::uint32_t version = 0;  ///< of the trigger, as in DeliveryRecord
    std::string trigger;        ///< "namespace/name"
    bool matched = false;
    std::string clause;     ///< place in the filter; empty when matched or when not in force
    std::string attribute;  ///< the attribute looked at; empty when any/not look at several
    std::string expected;   ///< as in FilterMismatch, or why the trigger is not in force

    bool operator==(Verdict const&) const = default;
};

/// What `version` says of `event`. Pure: the same for ever.
Verdict verdict_of(TriggerVersion const& version, CloudEvent const& event);
/// What every trigger that was asked said, sorted by trigger.
std::vector<Verdict> verdicts_of(StoredEvent const& event);

/// One sentence for a person; `actual` is the event's value of the attribute.
std::string describe(Verdict const& verdict, std::string_view actual);
/// "exact" of "filters/0/exact/type"; empty where there is no clause.
std::string dialect_of(std::string_view clause);

}  // namespace millrace::broker
