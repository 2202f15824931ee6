// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/lane_schedule.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace millrace::broker {

void LaneSchedule::add(std::int64_t seq, std::uint64_t lane) {
    MILLRACE_ASSERT(lane_of_.empty() || seq > lane_of_.rbegin()->first);
    lane_of_.emplace_hint(lane_of_.end(), seq, lane);
    if (lane != 0) {
        auto& queue = lanes_[lane];
        queue.push_back(seq);
        if (queue.size() > 1)
            return;
    }
    ready_.insert(ready_.end(), seq);
}

std::optional<std::int64_t> LaneSchedule::take(SteadyTime now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        ready_.insert(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
    }
    if (ready_.empty())
        return std::nullopt;
    std::int64_t const seq = *ready_.begin();
    ready_.erase(ready_.begin());
    ++in_flight_;
    return seq;
}

void LaneSchedule::retry(std::int64_t seq, SteadyTime due) {
    MILLRACE_ASSERT(in_flight_ > 0 && lane_of_.contains(seq));
    --in_flight_;
    waiting_.emplace(due, seq);
}

void LaneSchedule::hurry() {
    for (auto const& [due, seq] : waiting_)
        ready_.insert(seq);
    waiting_.clear();
}

void LaneSchedule::finish(std::int64_t seq) {
    auto const found = lane_of_.find(seq);
    MILLRACE_ASSERT(in_flight_ > 0 && found != lane_of_.end());
    --in_flight_;
    std::uint64_t const lane = found->second;
    lane_of_.erase(found);
    if (lane == 0)
        return;
    auto const queue = lanes_.find(lane);
    MILLRACE_ASSERT(queue != lanes_.end() && queue->second.front() == seq);
    queue->second.pop_front();
    if (queue->second.empty())
        lanes_.erase(queue);
    else
        ready_.insert(queue->second.front());
}

std::optional<SteadyTime> LaneSchedule::next_due() const {
    if (waiting_.empty())
        return std::nullopt;
    return waiting_.begin()->first;
}

std::optional<std::int64_t> LaneSchedule::blocked_by(std::int64_t seq) const {
    auto const found = lane_of_.find(seq);
    if (found == lane_of_.end() || found->second == 0)
        return std::nullopt;
    std::int64_t const first = lanes_.at(found->second).front();
    return first == seq ? std::nullopt : std::optional(first);
}

std::optional<SteadyTime> LaneSchedule::due_of(std::int64_t seq) const {
    auto const found =
        std::ranges::find(waiting_, seq, &std::pair<SteadyTime, std::int64_t>::second);
    return found == waiting_.end() ? std::nullopt : std::optional(found->first);
}

std::optional<std::int64_t> LaneSchedule::lowest() const {
    if (lane_of_.empty())
        return std::nullopt;
    return lane_of_.begin()->first;
}

}  // namespace millrace::broker
