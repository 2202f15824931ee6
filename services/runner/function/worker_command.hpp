// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/function/revision_content.hpp"
#include "runner/powershell/powershell_runtime.hpp"
#include "runner/worker/worker_process.hpp"

namespace millrace::runner {

/// How a worker of this revision is started. `temporary`: its own folder for files, empty: /tmp.
/// Pre: `powershell` is there if the revision's runtime is powershell.
WorkerCommand worker_command(
    RevisionContent const& content, std::filesystem::path const& runtimes,
    std::filesystem::path const& temporary, PowerShellRuntime const* powershell);

}  // namespace millrace::runner
