// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

struct InventoryOptions {
    /// Adds VMs whose names break careless consumers: markup, quotes, tabs, right-to-left marks.
    bool hostile_names = false;
};

/// The demo data centre: 1 data centre, 2 clusters, 7 hosts, 40 VMs, 4 datastores, 3 networks,
/// with references as a real vCenter numbers them. Always the same for the same options.
Inventory build_inventory(InventoryOptions const& options);

}  // namespace millrace::simulator
