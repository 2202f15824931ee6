// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "simulator/properties/property_value.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// The value of a first-level property ("name", "runtime", "summary") of an inventory object;
/// nothing where the object does not have it now.
std::optional<Value> entity_property(
    Inventory const& inventory, std::string_view id, std::string_view name);

/// The first-level properties served for a class, for PropertySpec.all.
std::span<std::string_view const> entity_property_names(std::string_view type);

}  // namespace millrace::simulator
