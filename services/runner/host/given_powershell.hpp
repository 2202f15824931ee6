// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/flags.hpp"
#include "common/base/json.hpp"
#include "runner/powershell/powershell_runtime.hpp"

namespace millrace::runner {

/// The PowerShell of --powershell, for the workers of --runtimes. Throws StartupError when there is
/// none, or one that was prepared by another version.
std::optional<PowerShellRuntime> given_powershell(FlagValues const& flags);

/// [{"name","ready","version","sha256","remedy"}]: what can run handlers, and how what cannot is
/// added. `powershell`: absent.
Json describe_runtimes(PowerShellRuntime const* powershell);

}  // namespace millrace::runner
