// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "configurator/plan/configuration_machine.hpp"

namespace millrace::configurator {

/// The exit code of a command that performs steps; what went wrong is printed.
int told(ConfigurationMachine const& machine, Result<bool> const& done);

/// Performs them on this machine without a journal: programs run where something was changed, and
/// not else. The exit code; what went wrong is printed.
int perform_all(std::vector<Step> steps);

}  // namespace millrace::configurator
