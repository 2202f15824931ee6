// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "router/checkpoint/checkpoint_file.hpp"
#include "router/checkpoint/delivery_window.hpp"

namespace millrace::router {

/// Brings a DeliveryWindow to disk: settled keys once a turn of the event loop, a synced snapshot
/// every 8,000 keys or 50 ms after the first that it lacks. A disk that refuses is tried again each
/// second and told by problem(); delivery goes on (fault F25). Says what is to be done when, and is
/// told how it went: no thread, no timer of its own.
///
/// A snapshot: begin_save(), then CheckpointFile::sync() on another thread, then end_save().
class CheckpointKeeper {
public:
    /// References outlive the keeper.
    CheckpointKeeper(CheckpointFile& file, DeliveryWindow const& window)
        : file_(file),
          window_(window) {}

    /// A key has been settled.
    void note(std::int32_t key) { keys_.push_back(key); }
    bool has_notes() const { return !keys_.empty(); }
    /// Appends what was noted; a refusal makes a snapshot due.
    void flush(SteadyTime now);

    /// When a snapshot is due; nothing while there is none to write, one is under way, or the
    /// source has no history yet.
    std::optional<SteadyTime> due() const;
    bool is_saving() const { return saving_; }
    /// Writes a snapshot, which is then to be synced. Errors: `storage`; then it is not, and due
    /// again. Pre: not saving.
    Result<void> begin_save(SteadyTime now);
    /// How the sync ended. Pre: saving.
    void end_save(Result<void> const& synced, SteadyTime now);

    /// Why the disk refused last; empty when all is well.
    std::string const& problem() const { return problem_; }

private:
    void failed(std::string const& reason, SteadyTime now);

    CheckpointFile& file_;
    DeliveryWindow const& window_;
    std::vector<std::int32_t> keys_;
    std::size_t since_snapshot_ = 0;
    std::optional<SteadyTime> due_;  ///< nothing: all is in a snapshot
    bool saving_ = false;
    std::string problem_;
};

}  // namespace millrace::router
