// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "simulator/properties/property_value.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// What a host has beyond the properties of every inventory object, by first-level name; nothing
/// where it does not have it now.
std::optional<Value> host_property(
    Inventory const& inventory, Host const& host, std::string_view name);

}  // namespace millrace::simulator
