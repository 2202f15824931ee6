// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/delivery_window.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace millrace::router {
namespace {

/// Settled entries that may stand between unsettled ones beyond as many as those.
constexpr std::size_t settled_entries_max = 1'024;

}  // namespace

DeliveryWindow::DeliveryWindow(CheckpointState state, nanoseconds overlap)
    : instance_uuid_(std::move(state.instance_uuid)),
      overlap_(overlap),
      begun_until_(state.low_water),
      recent_(std::move(state.delivered)),
      recent_until_(state.low_water),
      older_until_(state.low_water),
      read_until_(state.low_water) {}

std::optional<std::uint64_t> DeliveryWindow::begin(std::int32_t key, SystemTime created) {
    read_until_ = std::max(read_until_, created);
    if (older_.contains(key)) {
        older_until_ = std::max(older_until_, created);
        return std::nullopt;
    }
    recent_until_ = std::max(recent_until_, created);
    if (!recent_.insert(key))
        return std::nullopt;
    entries_.push_back({next_position_, begun_until_, key, false});
    begun_until_ = std::max(begun_until_, created);
    ++unsettled_;
    return next_position_++;
}

DeliveryWindow::Entry& DeliveryWindow::entry_at(std::uint64_t position) {
    MILLRACE_ASSERT(!entries_.empty() && position >= entries_.front().position);
    std::uint64_t const index = position - entries_.front().position;
    // Nothing has been taken out between: the everyday case.
    if (index < entries_.size() && entries_[index].position == position)
        return entries_[index];
    auto const found = std::ranges::lower_bound(entries_, position, {}, &Entry::position);
    MILLRACE_ASSERT(found != entries_.end() && found->position == position);
    return *found;
}

void DeliveryWindow::settle(std::uint64_t position) {
    Entry& entry = entry_at(position);
    MILLRACE_ASSERT(!entry.settled);
    entry.settled = true;
    --unsettled_;
    while (!entries_.empty() && entries_.front().settled)
        entries_.pop_front();
    compact();
    if (std::min(low_water(), read_until_) - overlap_ > older_until_ && !recent_.empty())
        rotate();
}

void DeliveryWindow::compact() {
    if (entries_.size() > 2 * unsettled_ + settled_entries_max)
        std::erase_if(entries_, [](Entry const& entry) { return entry.settled; });
}

void DeliveryWindow::rotate() {
    older_ = std::move(recent_);
    recent_.clear();
    older_until_ = recent_until_;
    // What is under way can be read again as long as it is.
    for (Entry const& entry : entries_)
        if (!entry.settled)
            recent_.insert(entry.key);
}

CheckpointState DeliveryWindow::checkpoint() const {
    CheckpointState state{instance_uuid_, low_water(), recent_};
    for (auto const& range : older_.ranges())
        state.delivered.insert(range);
    for (Entry const& entry : entries_)
        if (!entry.settled)
            state.delivered.erase(entry.key);
    return state;
}

void DeliveryWindow::restart(std::string instance_uuid, SystemTime begin) {
    MILLRACE_ASSERT(unsettled_ == 0);
    instance_uuid_ = std::move(instance_uuid);
    entries_.clear();
    recent_.clear();
    older_.clear();
    begun_until_ = recent_until_ = older_until_ = read_until_ = begin;
}

}  // namespace millrace::router
