// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <vector>

#include "common/net/task.hpp"
#include "router/checkpoint/checkpoint_file.hpp"
#include "router/checkpoint/delivery_window.hpp"

namespace millrace::router {

/// Brings Progress to disk: settled keys once a turn of the event loop, a synced snapshot every
/// 1,000 keys or 50 ms. A disk that refuses is retried and reported; delivery goes on (fault F25).
class CheckpointKeeper {
public:
    /// References outlive the keeper.
    CheckpointKeeper(asio::any_io_executor executor, CheckpointFile& file, Progress& progress);

    /// A key has been settled.
    void note(std::int32_t key);
    /// Writes and syncs now.
    Task<Result<void>> save();
    /// Saves when due, until stopped.
    Task<void> run();
    /// Why the disk refused last; empty when all is well.
    std::string const& problem() const { return problem_; }

private:
    void flush();

    asio::any_io_executor executor_;
    CheckpointFile& file_;
    Progress& progress_;
    std::vector<std::int32_t> keys_;
    bool flush_posted_ = false;
    bool dirty_ = false;
    std::size_t since_snapshot_ = 0;
    asio::steady_timer due_;
    std::string problem_;
    /// fdatasync blocks for milliseconds: it has a thread of its own.
    asio::thread_pool syncing_{1};
};

}  // namespace millrace::router
