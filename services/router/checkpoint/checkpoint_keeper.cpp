// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/checkpoint_keeper.hpp"

#include <boost/asio/post.hpp>

#include "common/base/log.hpp"

namespace millrace::router {
namespace {

/// A tail holds twice as many; at a lower rate the interval decides.
constexpr std::size_t snapshot_keys = 8'000;
constexpr milliseconds snapshot_interval = 50ms;
constexpr milliseconds retry_interval = 1s;

}  // namespace

CheckpointKeeper::CheckpointKeeper(
    asio::any_io_executor executor, CheckpointFile& file, Progress& progress)
    : executor_(executor),
      file_(file),
      progress_(progress),
      due_(executor, asio::steady_timer::time_point::max()) {}

void CheckpointKeeper::note(std::int32_t key) {
    keys_.push_back(key);
    if (flush_posted_)
        return;
    flush_posted_ = true;
    asio::post(executor_, [this] { flush(); });
}

void CheckpointKeeper::flush() {
    flush_posted_ = false;
    since_snapshot_ += keys_.size();
    bool const appended = file_.append(keys_);
    keys_.clear();
    bool const was_clean = !dirty_;
    dirty_ = true;
    if (!appended || since_snapshot_ >= snapshot_keys)
        due_.expires_after(0ms);
    else if (was_clean)
        due_.expires_after(snapshot_interval);
}

Task<Result<void>> CheckpointKeeper::save() {
    dirty_ = false;
    since_snapshot_ = 0;
    auto saved = file_.write_snapshot(progress_.checkpoint());
    if (saved) {
        auto sync = [](CheckpointFile const& file) -> Task<Result<void>> { co_return file.sync(); };
        saved = co_await asio::co_spawn(syncing_, sync(file_), asio::use_awaitable);
    }
    if (!saved && problem_.empty())
        log::error("Checkpoint not written; delivery goes on.", {{"reason", saved.error().detail}});
    if (saved && !problem_.empty())
        log::info("Checkpoint written again.");
    problem_ = saved ? "" : saved.error().detail;
    co_return saved;
}

Task<void> CheckpointKeeper::run() {
    for (;;) {
        co_await due_.async_wait(as_result);
        bool const stopped = (co_await asio::this_coro::cancellation_state).cancelled() !=
                             asio::cancellation_type::none;
        if (stopped)
            co_return;
        if (steady_now() < due_.expiry())
            continue;
        due_.expires_at(asio::steady_timer::time_point::max());
        if (co_await save())
            continue;
        dirty_ = true;
        due_.expires_after(retry_interval);
    }
}

}  // namespace millrace::router
