// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// Whether it is one of the managers that ServiceContent names.
bool is_service_object(ManagedReference const& object);

/// The fields of ServiceContent.
std::string service_content_xml(Inventory const& inventory);

}  // namespace millrace::simulator
