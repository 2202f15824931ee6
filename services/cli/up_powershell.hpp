// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/up_plan.hpp"

namespace millrace::cli {

/// What became of PowerShell at a start.
struct PowerShellStart {
    bool is_ready = false;
    std::string said;  ///< its version, or why there is none and how to add it
};

/// Has `millrace-runner install-powershell` bring it into the state, which takes some seconds the
/// first time. Without --powershell and without a pwsh there is none, which is no fault; one that
/// was asked for and cannot be had is. Blocks.
Result<PowerShellStart> prepare_powershell(UpOptions const& options);

}  // namespace millrace::cli
