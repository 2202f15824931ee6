// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "configurator/plan/configuration_machine.hpp"

namespace millrace::configurator {

/// How a configuration stands, for the console, the VM's screen and guestinfo:
/// {"state":"starting|waiting|invalid|running|stuck|finished",
///  "faults":[{"property","problem"}],"notes":[the same],
///  "steps":[{"id","title","state","problem","attempts"}]}. Nothing secret is in it.
Json status_json(ConfigurationMachine const& machine, Faults const& notes);
/// Of a form that is not followed, because of its faults.
Json status_json(Faults const& faults, Faults const& notes);
/// "starting": it is looked for a form. "waiting": there is none, and a person is to give one.
Json status_json(std::string_view state);

}  // namespace millrace::configurator
