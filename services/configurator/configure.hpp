// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "configurator/host/host.hpp"
#include "configurator/plan/configuration_machine.hpp"
#include "configurator/state/journal.hpp"

namespace millrace::configurator {

/// Performs what the machine says, until all steps are through (true) or one is stuck (false).
/// `before` is called before each command. Errors: what `before` gives.
Result<bool> perform(
    ConfigurationMachine& machine, Host& host,
    std::function<Result<void>(ConfigurationMachine const&)> const& before);

/// The same, with the journal told before each command what is completed: until all steps are
/// through (true) or one is stuck (false). `changed` is called before each command. Errors: the
/// journal cannot be written.
Result<bool> configure(
    ConfigurationMachine& machine, Host& host, Journal& journal,
    std::function<void(ConfigurationMachine const&)> const& changed);

}  // namespace millrace::configurator
