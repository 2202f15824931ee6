// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/checkpoint_keeper.hpp"

#include "common/base/assert.hpp"
#include "common/base/log.hpp"

namespace millrace::router {
namespace {

/// A tail holds about as many; at a lower rate the interval decides.
constexpr std::size_t snapshot_keys = 8'000;
constexpr milliseconds snapshot_interval = 50ms;
constexpr milliseconds retry_interval = 1s;

}  // namespace

void CheckpointKeeper::flush(SteadyTime now) {
    if (keys_.empty())
        return;
    since_snapshot_ += keys_.size();
    bool const appended = file_.append(keys_);
    keys_.clear();
    bool const at_once = problem_.empty() && (!appended || since_snapshot_ >= snapshot_keys);
    if (at_once)
        due_ = now;
    else if (!due_)
        due_ = now + snapshot_interval;
}

std::optional<SteadyTime> CheckpointKeeper::due() const {
    bool const has_history = !window_.instance_uuid().empty();
    return saving_ || !has_history ? std::nullopt : due_;
}

Result<void> CheckpointKeeper::begin_save(SteadyTime now) {
    MILLRACE_ASSERT(!saving_);
    auto written = file_.write_snapshot(window_.checkpoint());
    if (!written) {
        failed(written.error().detail, now);
        return written;
    }
    saving_ = true;
    // What is noted from here on is not in it.
    due_.reset();
    since_snapshot_ = 0;
    return {};
}

void CheckpointKeeper::end_save(Result<void> const& synced, SteadyTime now) {
    MILLRACE_ASSERT(saving_);
    saving_ = false;
    if (!synced)
        return failed(synced.error().detail, now);
    file_.synced();
    if (!problem_.empty())
        log::info("Checkpoint written again.");
    problem_.clear();
}

void CheckpointKeeper::failed(std::string const& reason, SteadyTime now) {
    if (problem_.empty())
        log::error("Checkpoint not written; delivery goes on.", {{"reason", reason}});
    problem_ = reason;
    due_ = now + retry_interval;
}

}  // namespace millrace::router
