// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/soap/soap_call.hpp"

namespace millrace::simulator {

/// Of what is operated, and of SearchIndex, which finds it.
std::span<SoapMethod const> operation_methods();

}  // namespace millrace::simulator
