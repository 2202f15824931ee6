// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "common/base/file.hpp"
#include "router/checkpoint/checkpoint_codec.hpp"

namespace millrace::router {

/// A checkpoint on disk. Acknowledged keys are in the page cache after append(), which outlives the
/// process; a snapshot every 1,000 keys or 50 ms of use is synced, which outlives the machine.
class CheckpointFile {
public:
    /// Opens or creates. A file of which neither slot is valid is kept as "<name>.corrupt" and
    /// reported by was_corrupt(). Throws StartupError if the file cannot be opened or made.
    explicit CheckpointFile(std::filesystem::path path);

    std::optional<CheckpointState> const& loaded() const { return loaded_; }
    bool was_corrupt() const { return was_corrupt_; }

    /// Notes delivered keys; false if the tail is full or broken, so that a snapshot is due.
    bool append(std::vector<std::int32_t> const& keys);
    /// Writes a snapshot into the other slot. Errors: `storage`; the old slot stays valid.
    Result<void> write_snapshot(CheckpointState const& state);
    /// Forces the last snapshot to the disk. Blocks: call it from another thread. Errors:
    /// `storage`.
    Result<void> sync() const;

private:
    Result<void> write_at(std::size_t offset, std::string_view bytes) const;

    std::filesystem::path path_;
    FileDescriptor file_;
    std::optional<CheckpointState> loaded_;
    bool was_corrupt_ = false;
    std::uint64_t generation_ = 0;
    int slot_ = 0;
    std::size_t tail_offset_ = 0;  ///< 0: no snapshot to append to
    std::uint32_t tail_index_ = 0;
};

}  // namespace millrace::router
