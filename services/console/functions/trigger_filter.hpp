// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/field_fault.hpp"
#include "common/kube/resource.hpp"

namespace millrace::console {

/// A filter as the console's form has it: one of the types, and all of the comparisons.
struct TriggerFilter {
    struct Comparison {
        std::string attribute;
        std::string op;  ///< exact, prefix, suffix
        std::string value;
    };
    std::vector<std::string> types;
    std::vector<Comparison> attributes;
};

/// Reads a Trigger's spec; nothing if its filter says more than the form can.
std::optional<TriggerFilter> read_filter(Json const& spec);

/// The spec's `filters` for it; empty types mean every type.
Json write_filters(TriggerFilter const& filter);

/// A Trigger of the broker "default" that sends what passes `filter` to the function.
Resource make_trigger(
    ResourceName const& name, std::string const& function, TriggerFilter const& filter);
/// Replaces the filter of a Trigger, in whichever of the two forms it was written.
void set_filter(Resource& trigger, TriggerFilter const& filter);
/// "echo", "echo-2", "echo-3"...: the first that none of `triggers` has.
std::string free_trigger_name(std::vector<Resource> const& triggers, std::string const& function);

/// From and to the API's JSON. Faults have pointers below `at`.
TriggerFilter filter_from_json(Json const& value, std::string const& at, FieldFaults& faults);
Json filter_to_json(TriggerFilter const& filter);

}  // namespace millrace::console
