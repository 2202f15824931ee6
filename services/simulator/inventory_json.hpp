// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "simulator/datacentre/simulation.hpp"

namespace millrace::simulator {

/// The data centre as a tree: clusters, their hosts with vRealize Operations' view, their VMs.
Json inventory_json(Simulation const& world);

}  // namespace millrace::simulator
