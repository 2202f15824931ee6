// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/soap/soap_call.hpp"

namespace millrace::simulator {

/// Of PropertyCollector and ViewManager.
std::span<SoapMethod const> property_methods();

}  // namespace millrace::simulator
