// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/checkpoint_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "common/base/log.hpp"

namespace millrace::router {

CheckpointFile::CheckpointFile(std::filesystem::path path) : path_(std::move(path)) {
    auto content = read_file(path_, checkpoint_file_bytes);
    if (!content && content.error().code != ErrorCode::not_found &&
        content.error().code != ErrorCode::too_large)
        throw StartupError("Checkpoint: " + content.error().detail);
    if (auto checkpoint = content ? decode_checkpoint(*content) : std::nullopt) {
        loaded_ = std::move(checkpoint->state);
        generation_ = checkpoint->generation;
        slot_ = checkpoint->slot;
    } else if (!content || !content->empty()) {
        was_corrupt_ = content.has_value() || content.error().code == ErrorCode::too_large;
        if (was_corrupt_)
            ::rename(path_.c_str(), (path_.string() + ".corrupt").c_str());
    }
    file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file_.is_open())
        throw StartupError(storage_error("Cannot open " + path_.string()).detail);
}

Result<void> CheckpointFile::write_at(std::size_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
        ssize_t const put =
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return std::unexpected(storage_error("Cannot write " + path_.string()));
        bytes.remove_prefix(static_cast<std::size_t>(put));
        offset += static_cast<std::size_t>(put);
    }
    return {};
}

bool CheckpointFile::append(std::vector<std::int32_t> const& keys) {
    if (tail_offset_ == 0)
        return false;
    std::string records;
    for (std::int32_t const key : keys)
        records += encode_tail_record(generation_, tail_index_++, key);
    std::size_t const slot_end = (static_cast<std::size_t>(slot_) + 1) * checkpoint_slot_bytes;
    bool const fits = tail_offset_ + records.size() <= slot_end;
    if (!fits || !write_at(tail_offset_, records)) {
        tail_offset_ = 0;
        return false;
    }
    tail_offset_ += records.size();
    return true;
}

Result<void> CheckpointFile::write_snapshot(CheckpointState const& state) {
    int const slot = 1 - slot_;
    std::size_t const offset = static_cast<std::size_t>(slot) * checkpoint_slot_bytes;
    std::string const bytes = encode_snapshot(state, generation_ + 1);
    if (auto written = write_at(offset, bytes); !written)
        return written;
    ++generation_;
    slot_ = slot;
    tail_offset_ = offset + bytes.size();
    tail_index_ = 0;
    return {};
}

Result<void> CheckpointFile::sync() const {
    if (::fdatasync(file_.get()) != 0)
        return std::unexpected(storage_error("Cannot sync " + path_.string()));
    return {};
}

}  // namespace millrace::router
