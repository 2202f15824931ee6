// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/up_plan.hpp"

namespace millrace::cli {

/// What on this machine keeps `up` from starting, all at once, looked at before anything is started
/// or written: another `up` with the same state, the console's port in use.
Faults check_start(UpOptions const& options);

/// What the services that will use them say of the objects of the state, a line each, those that
/// cannot be read included: each service is run once with --check. Empty: nothing is wrong.
std::string check_objects_by_services(UpOptions const& options);

}  // namespace millrace::cli
