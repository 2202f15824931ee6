// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

struct ContainerView {
    ManagedReference container;
    std::vector<std::string> types;  ///< empty: all
    bool recursive = false;
};

/// The objects it shows.
std::vector<ManagedReference> view_objects(Inventory const& inventory, ContainerView const& view);

}  // namespace millrace::simulator
