// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/recent_events.hpp"

namespace millrace::broker {

void RecentEvents::put(StoredEventRef event, SteadyTime now) {
    std::size_t const bytes = event->memory_bytes;
    std::int64_t const seq = event->seq;
    if (!events_.emplace(seq, std::move(event)).second)
        return;
    order_.push_back({seq, now});
    bytes_ += bytes;
    while (order_.size() > 1 && (bytes_ > bytes_max_ || now - order_.front().since > age_max_))
        drop_oldest();
}

void RecentEvents::drop_oldest() {
    auto const oldest = events_.find(order_.front().seq);
    bytes_ -= oldest->second->memory_bytes;
    events_.erase(oldest);
    order_.pop_front();
}

StoredEventRef RecentEvents::find(std::int64_t seq) const {
    auto const found = events_.find(seq);
    return found == events_.end() ? nullptr : found->second;
}

}  // namespace millrace::broker
