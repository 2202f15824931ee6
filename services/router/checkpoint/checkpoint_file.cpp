// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/checkpoint_file.hpp"

namespace millrace::router {
namespace {

constexpr char const* file_name = "checkpoint";
constexpr char const* damaged_name = "checkpoint.corrupt";

void must(Result<void> const& done) {
    if (!done)
        throw StartupError("Checkpoint: " + done.error().detail);
}

}  // namespace

CheckpointFile::CheckpointFile(DataFolder& folder) {
    load(folder);
    auto file = folder.open(file_name);
    if (!file)
        throw StartupError("Checkpoint: " + file.error().detail);
    file_ = std::move(*file);
    // A killed process may have left what was never synced; the other slot is about to be written.
    must(loaded_ ? file_->sync() : folder.sync_names());
}

void CheckpointFile::load(DataFolder& folder) {
    auto const content = folder.read(file_name, checkpoint_file_bytes);
    bool const is_oversized = !content && content.error().code == ErrorCode::too_large;
    bool const is_absent = !content && content.error().code == ErrorCode::not_found;
    if (!content && !is_oversized && !is_absent)
        throw StartupError("Checkpoint: " + content.error().detail);
    if (auto checkpoint = content ? decode_checkpoint(*content) : std::nullopt) {
        loaded_ = std::move(checkpoint->state);
        generation_ = checkpoint->generation;
        slot_ = checkpoint->slot;
        synced_slot_ = slot_;
        return;
    }
    // An empty one is left by an end between making the file and writing it.
    if (is_oversized || (content && !content->empty())) {
        must(folder.rename(file_name, damaged_name));
        was_damaged_ = true;
        return;
    }
    // Put aside before, by a process that ended before it had written a new one?
    auto const aside = folder.read(damaged_name, checkpoint_file_bytes);
    was_damaged_ = aside || aside.error().code != ErrorCode::not_found;
}

bool CheckpointFile::append(std::vector<std::int32_t> const& keys) {
    if (tail_offset_ == 0)
        return false;
    std::string records;
    for (std::int32_t const key : keys)
        records += encode_tail_record(generation_, tail_index_++, key);
    std::size_t const slot_end = (slot_ + 1) * checkpoint_slot_bytes;
    bool const fits = tail_offset_ + records.size() <= slot_end;
    if (!fits || !file_->write_at(tail_offset_, records)) {
        tail_offset_ = 0;
        return false;
    }
    tail_offset_ += records.size();
    return true;
}

Result<void> CheckpointFile::write_snapshot(CheckpointState const& state) {
    std::size_t const slot = 1 - synced_slot_;
    std::size_t const offset = slot * checkpoint_slot_bytes;
    std::string const bytes = encode_snapshot(state, generation_ + 1);
    // Over an unsynced snapshot of the same slot: what is there is no snapshot any more.
    if (slot == slot_)
        tail_offset_ = 0;
    if (auto written = file_->write_at(offset, bytes); !written)
        return written;
    ++generation_;
    slot_ = slot;
    tail_offset_ = offset + bytes.size();
    tail_index_ = 0;
    return {};
}

}  // namespace millrace::router
