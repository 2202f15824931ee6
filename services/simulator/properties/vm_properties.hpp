// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "simulator/properties/property_value.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// What a virtual machine has beyond the properties of every inventory object, by first-level name;
/// nothing where it does not have it now.
std::optional<Value> vm_property(
    Inventory const& inventory, VirtualMachine const& vm, std::string_view name);

}  // namespace millrace::simulator
