// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "runner/powershell/powershell_runtime.hpp"

namespace millrace::runner {

struct PowerShellWish {
    std::filesystem::path archive;  ///< empty: what `folder` has already, or the pwsh on the PATH
    std::string sha256;             ///< that the archive must have; empty: any
    /// A folder of modules, or an archive of one (.zip, .tar.gz), or .nupkg; empty: those that
    /// `folder` has already, if any.
    std::filesystem::path modules;
    std::filesystem::path runtime;  ///< our folder with worker.ps1
    std::filesystem::path folder;   ///< where it goes
};

/// Brings a PowerShell to where workers can be started with it: unpacks the archive once, into a
/// folder named by its checksum that appears whole or not at all; compiles the event type, the
/// cmdlets and the worker with it; has a worker handle an event, which proves that it works here
/// and teaches the next starts; and notes it (read_installation). What is there already is kept.
/// One at a time a folder.
/// Blocks for some seconds the first time. Errors, each naming the file and the remedy:
/// `not_found`, `invalid` (another file, another system or processor, damaged, another checksum,
/// too old), `unavailable` (it does not run here), `storage`.
Result<PowerShellRuntime> install_powershell(PowerShellWish const& wish);

/// The pwsh of a PATH, without links; empty: there is none.
std::filesystem::path find_pwsh(std::string_view path);

}  // namespace millrace::runner
