// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/delivery_window.hpp"

#include "common/base/assert.hpp"

namespace millrace::router {

Progress::Progress(CheckpointState state, nanoseconds overlap)
    : instance_uuid_(std::move(state.instance_uuid)),
      low_water_(state.low_water),
      overlap_(overlap),
      recent_(std::move(state.delivered)),
      recent_since_(state.low_water),
      read_until_(state.low_water) {}

std::optional<std::uint64_t> Progress::begin(std::int32_t key, SystemTime created) {
    read_until_ = std::max(read_until_, created);
    if (older_.contains(key) || !recent_.insert(key))
        return std::nullopt;
    window_.push_back({key, created, false});
    ++unsettled_;
    return window_start_ + window_.size() - 1;
}

void Progress::settle(std::uint64_t position) {
    MILLRACE_ASSERT(position >= window_start_ && position < window_start_ + window_.size());
    Entry& entry = window_[position - window_start_];
    MILLRACE_ASSERT(!entry.settled);
    entry.settled = true;
    --unsettled_;
    ++settled_total_;
    advance();
}

void Progress::advance() {
    while (!window_.empty() && window_.front().settled) {
        // Timestamps can step back (NTP); the low water must not, or old keys would return.
        low_water_ = std::max(low_water_, window_.front().created);
        window_.pop_front();
        ++window_start_;
    }
    if (std::min(low_water_, read_until_) - recent_since_ > overlap_)
        rotate();
}

void Progress::rotate() {
    older_ = std::move(recent_);
    recent_.clear();
    recent_since_ = low_water_;
    // What is still under way belongs to both: it has not been left behind.
    for (Entry const& entry : window_)
        recent_.insert(entry.key);
}

CheckpointState Progress::checkpoint() const {
    CheckpointState state{instance_uuid_, low_water_, recent_};
    for (auto const& range : older_.ranges())
        state.delivered.insert(range);
    for (Entry const& entry : window_)
        if (!entry.settled)
            state.delivered.erase(entry.key);
    return state;
}

std::int32_t Progress::key_at(std::uint64_t position) const {
    MILLRACE_ASSERT(position >= window_start_ && position < window_start_ + window_.size());
    return window_[position - window_start_].key;
}

void Progress::restart(std::string instance_uuid, SystemTime now) {
    MILLRACE_ASSERT(unsettled_ == 0);
    instance_uuid_ = std::move(instance_uuid);
    low_water_ = now;
    window_start_ += window_.size();
    window_.clear();
    recent_.clear();
    older_.clear();
    recent_since_ = now;
    read_until_ = now;
}

}  // namespace millrace::router
