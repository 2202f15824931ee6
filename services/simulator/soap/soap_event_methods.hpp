// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/soap/soap_call.hpp"

namespace millrace::simulator {

/// Of EventManager and EventHistoryCollector.
std::span<SoapMethod const> event_methods();

}  // namespace millrace::simulator
