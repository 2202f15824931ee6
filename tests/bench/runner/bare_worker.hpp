// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>

#include "common/base/file.hpp"
#include "runner/powershell/powershell_runtime.hpp"

namespace millrace::bench {

/// A pwsh with bare_worker.ps1, as it comes: none of our settings. Killed with the object.
class BareWorker {
public:
    /// Throws std::runtime_error when it cannot be started.
    BareWorker(runner::PowerShellRuntime const& powershell, std::filesystem::path const& home);
    ~BareWorker();
    BareWorker(BareWorker const&) = delete;
    BareWorker& operator=(BareWorker const&) = delete;

    /// Has one event handled. Throws std::runtime_error when it ended instead.
    void handle(std::string const& event);
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    FileDescriptor to_;
    std::FILE* from_ = nullptr;
};

}  // namespace millrace::bench
