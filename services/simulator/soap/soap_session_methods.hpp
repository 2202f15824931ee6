// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/soap/soap_call.hpp"

namespace millrace::simulator {

/// Of ServiceInstance and SessionManager.
std::span<SoapMethod const> session_methods();

}  // namespace millrace::simulator
