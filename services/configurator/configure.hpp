// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "configurator/host/host.hpp"
#include "configurator/plan/configuration_machine.hpp"
#include "configurator/state/journal.hpp"

namespace millrace::configurator {

/// Performs what the machine says, until all steps are through (true) or one is stuck (false).
/// `changed` is called before each command. Errors: the journal cannot be written.
Result<bool> configure(
    ConfigurationMachine& machine, Host& host, Journal& journal,
    std::function<void(ConfigurationMachine const&)> const& changed);

}  // namespace millrace::configurator
