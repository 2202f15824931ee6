// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "router/checkpoint/checkpoint_codec.hpp"
#include "router/checkpoint/data_folder.hpp"

namespace millrace::router {

/// A checkpoint on disk. Acknowledged keys are in the page cache after append(), which outlives the
/// process; a synced snapshot outlives the machine.
class CheckpointFile {
public:
    /// Opens or creates "checkpoint". A file of which neither slot is valid is kept as
    /// "checkpoint.corrupt"; was_damaged() tells it until a new one has been written. Throws
    /// StartupError if it cannot be read, put aside or made: a checkpoint that cannot be read is
    /// not one that is not there.
    explicit CheckpointFile(DataFolder& folder);

    std::optional<CheckpointState> const& loaded() const { return loaded_; }
    bool was_damaged() const { return was_damaged_; }

    /// Notes delivered keys; false if the tail is full or broken, so that a snapshot is due.
    bool append(std::vector<std::int32_t> const& keys);
    /// Writes a snapshot over the slot that is not needed: never over the one that was synced last.
    /// Errors: `storage`; the old slot stays valid.
    Result<void> write_snapshot(CheckpointState const& state);
    /// Forces the last snapshot to the disk. Blocks: call it from another thread. Errors:
    /// `storage`.
    Result<void> sync() const { return file_->sync(); }
    /// The snapshot last written has been synced.
    void synced() { synced_slot_ = slot_; }

private:
    void load(DataFolder& folder);

    std::unique_ptr<DataFile> file_;
    std::optional<CheckpointState> loaded_;
    bool was_damaged_ = false;
    std::uint64_t generation_ = 0;
    std::size_t slot_ = 0;
    std::size_t synced_slot_ = 0;
    std::size_t tail_offset_ = 0;  ///< 0: no snapshot to append to
    std::uint32_t tail_index_ = 0;
};

}  // namespace millrace::router
