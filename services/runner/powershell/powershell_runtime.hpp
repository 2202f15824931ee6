// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.hpp"

namespace millrace::runner {

/// A PowerShell that workers can be started with.
struct PowerShellRuntime {
    std::filesystem::path program;   ///< pwsh, without links; beside it is all it needs
    std::filesystem::path compiled;  ///< folder of worker.dll, and of what a start learned
    std::filesystem::path modules;   ///< folder of the user's modules; empty: none
    std::string version;             ///< "7.6.9"
    std::string sha256;              ///< of the archive; empty: it was found, not brought
    bool has_icu = false;            ///< system_has_icu()

    bool operator==(PowerShellRuntime const&) const = default;
};

/// Whether this system has ICU, which .NET needs for cultures. Asked where a PowerShell is to run:
/// that may be an image without it, made where there is one.
bool system_has_icu();

/// What stands in an installation's folder (install_powershell), its paths relative to that, so
/// that the folder can be moved or be part of an image. `sources`: source_key() of what its
/// assembly was compiled from. Errors: `not_found` when nothing is installed there; `invalid` when
/// it was compiled from other sources, or is damaged; each with the remedy.
Result<PowerShellRuntime> read_installation(
    std::filesystem::path const& folder, std::string const& sources);
/// What was noted in the folder, whatever has become of it. Errors: `not_found`, `invalid`.
Result<PowerShellRuntime> read_noted(std::filesystem::path const& folder);
/// Writes it, last of all: an installation is there from then on.
Result<void> write_installation(
    std::filesystem::path const& folder, PowerShellRuntime const& powershell,
    std::string const& sources);

/// Names the content of what is compiled for a PowerShell: CloudEvents.Sdk and the worker of
/// `runtime`. Errors: `storage`, `not_found`.
Result<std::string> source_key(std::filesystem::path const& runtime);

/// How PowerShell is added to what runs functions, where it is absent: a sentence or two.
inline constexpr char const* powershell_remedy =
    "PowerShell is not installed. Start Millrace with --powershell FILE, the archive "
    "powershell-7.x.y-linux-x64.tar.gz of github.com/PowerShell/PowerShell/releases, or install "
    "pwsh so that it is on the PATH.";

}  // namespace millrace::runner
