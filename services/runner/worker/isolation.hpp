// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "common/process/file_sandbox.hpp"

namespace millrace::runner {

/// What the workers of this machine's functions may see of its files: what programs need to run
/// (/usr, /etc, /opt, /proc, ...), read-only, never the state folder, whichever holds it.
class Isolation {
public:
    /// `state`: the folder nobody may see but for what a function is given of it. `shared`: one
    /// that all functions may read and write; empty: none. Throws StartupError where `shared` is no
    /// folder, or has the state folder in it.
    Isolation(std::filesystem::path const& state, std::filesystem::path const& shared);

    /// For one revision: its runtime and its code read-only, `temporary` its own. Errors:
    /// `unavailable` when the kernel cannot, `storage`.
    Result<FileSandbox> sandbox(
        std::vector<std::filesystem::path> const& runtime, std::filesystem::path const& code,
        std::filesystem::path const& temporary) const;

private:
    std::vector<std::filesystem::path> readable_;
    std::filesystem::path shared_;
};

}  // namespace millrace::runner
