// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "runner/powershell/powershell_runtime.hpp"

namespace millrace::runner {

/// What starts a worker. `runtime`: our folder with worker.ps1 and CloudEvents.Sdk.
std::vector<std::string> powershell_arguments(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime);

/// What any pwsh of ours needs: nothing sent or looked for in the internet, no colours.
std::map<std::string, std::string> powershell_basics(bool has_icu);

/// What a worker needs beside: where it is, the modules, .NET's settings as they were measured.
std::map<std::string, std::string> powershell_environment(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime);

}  // namespace millrace::runner
