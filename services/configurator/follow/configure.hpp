// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "configurator/host/host.hpp"
#include "configurator/plan/configuration_machine.hpp"

namespace millrace::configurator {

/// Performs the machine's next command. False where there is none: Finished or Stuck.
bool perform_next(ConfigurationMachine& machine, Host& host);

/// Performs what the machine says, until all steps are through (true) or one is stuck (false).
/// `before` is called before each command. Errors: what `before` gives.
Result<bool> perform(
    ConfigurationMachine& machine, Host& host,
    std::function<Result<void>(ConfigurationMachine const&)> const& before);

}  // namespace millrace::configurator
