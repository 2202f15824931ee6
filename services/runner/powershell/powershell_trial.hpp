// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.hpp"
#include "runner/powershell/powershell_runtime.hpp"

namespace millrace::runner {

/// Starts a worker with the handler of `runtime`/trial and has it handle events, as a function
/// does. What a start compiles is noted in the folder of what is compiled, for the next. Blocks.
/// Errors: `unavailable`, with what the worker says.
Result<void> try_powershell(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime);

}  // namespace millrace::runner
