// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/up_plan.hpp"

namespace millrace::cli {

/// What on this machine keeps `up` from starting, all at once, looked at before anything is started
/// or written: another `up` with the same state, the console's port in use, and objects of the
/// state that cannot be read (with file and line).
Faults check_start(UpOptions const& options);

}  // namespace millrace::cli
