// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "common/base/file.hpp"

namespace millrace {

/// What a process and all it starts may see of the file system, kept by the kernel (Landlock, Linux
/// 5.13; Documentation/userspace-api/landlock.rst). Whoever is inside cannot trace, nor read the
/// memory of, a process outside; from Linux 6.12 on it cannot signal one either. It has no
/// capabilities, though it may run as root.
class FileSandbox {
public:
    struct Rules {
        std::vector<std::filesystem::path> readable;  ///< read and executed, with all below
        std::vector<std::filesystem::path> writable;  ///< everything, with all below
    };

    /// What is named but does not exist is left out. Errors: `unavailable` when this kernel cannot,
    /// with the reason; `storage` when a folder cannot be opened.
    static Result<FileSandbox> make(Rules const& rules);

    /// For the child between fork and exec: true when it is inside, for good. Sets errno.
    bool enter() const;

private:
    explicit FileSandbox(FileDescriptor ruleset) : ruleset_(std::move(ruleset)) {}
    FileDescriptor ruleset_;
};

/// `root`, or where `hidden` is inside it, what stands beside the way to `hidden`: rules can only
/// allow, so what is to stay hidden must not be below what is allowed. Empty when `root` is inside
/// `hidden`. Pre: both are absolute and have no links in them.
std::vector<std::filesystem::path> paths_beside(
    std::filesystem::path const& root, std::filesystem::path const& hidden);

}  // namespace millrace
