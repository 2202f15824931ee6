// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/service/service.hpp"

namespace millrace::simulator {

/// The service as run_service runs it: flags, the vCenter port and the control API.
ServiceDescription simulator_description();

/// Throws StartupError naming the flag when it cannot start.
std::unique_ptr<Service> make_simulator(ServiceContext context);

}  // namespace millrace::simulator
