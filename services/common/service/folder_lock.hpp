// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/base/file.hpp"

namespace millrace {

/// Keeps a data folder to one process for as long as it lives, kill -9 included: the kernel gives
/// the lock back with the process.
class FolderLock {
private:
    friend Result<FolderLock> try_lock_folder(std::filesystem::path const& folder);
    explicit FolderLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
};

/// Makes the folder if it is not there (0700) and locks its file "lock", which then holds our
/// process id. Errors: `conflict` naming the folder and the process that holds it, `storage`.
[[nodiscard]] Result<FolderLock> try_lock_folder(std::filesystem::path const& folder);

/// The same; what is an error there is a StartupError.
[[nodiscard]] FolderLock lock_folder(std::filesystem::path const& folder);

}  // namespace millrace
