// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "simulator/datacentre/operation_request.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// What the operation is carried out on: the VM of a snapshot, else the target.
std::string object_of(Inventory const& inventory, OperationRequest const& request);

/// A host of the VM's cluster that can take it, with the fewest VMs; empty: none.
std::string best_host_for(Inventory const& inventory, std::string_view vm);

/// Whether the state of the inventory allows it. Errors: `not_found`, `conflict` with the reason.
Result<void> check_state(Inventory const& inventory, OperationRequest const& request);

}  // namespace millrace::simulator
