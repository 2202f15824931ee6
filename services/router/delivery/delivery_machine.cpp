// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_machine.hpp"

#include <algorithm>
#include <unordered_map>

#include "common/base/assert.hpp"
#include "common/base/http_message.hpp"

namespace millrace::router {
namespace {

constexpr int unsupported_media_type = 415;

}  // namespace

DeliveryMachine::DeliveryMachine(DeliveryLimits limits, std::string head)
    : limits_(limits),
      head_(std::move(head)),
      lanes_(limits.lanes),
      table_(limits.lanes) {}

EventEncoding DeliveryMachine::encoding() const {
    return takes_batches() ? EventEncoding::json : EventEncoding::request;
}

std::size_t DeliveryMachine::submit(std::uint64_t position, OutboundEvent event) {
    bool const batches = event.encoding == EventEncoding::json;
    std::size_t const width =
        batches ? std::min(limits_.lanes, limits_.batch_lanes) : limits_.lanes;
    std::size_t const lane = table_.assign(event.entity, width);
    lanes_[lane].queue.push_back({position, std::move(event)});
    ++pending_;
    return lane;
}

void DeliveryMachine::make_request(Lane& lane) const {
    bool const may_batch = takes_batches() && lane.alone == 0 && lane.passed.empty() && !lane.stuck;
    lane.count = events_of_next_request(lane.queue, may_batch, limits_.batch);
    lane.made.clear();
    if (lane.queue.front().event.encoding == EventEncoding::json)
        lane.made = request_of(lane.queue, lane.count, head_);
}

/// Where no lane was free for them, others wait behind an entity that is stuck: it goes behind
/// them, whole and in order, with its count of failures. What else there is goes on, and shows
/// whether the fault is the sink's or an event's.
void DeliveryMachine::take_turns(Lane& lane) {
    std::uint64_t const entity = lane.queue.front().event.entity;
    auto const is_other = [entity](Waiting const& one) { return one.event.entity != entity; };
    if (std::ranges::none_of(lane.queue, is_other))
        return;
    std::deque<Waiting> others;
    std::deque<Waiting> own;
    for (Waiting& one : lane.queue)
        (is_other(one) ? others : own).push_back(std::move(one));
    std::ranges::move(own, std::back_inserter(others));
    lane.queue = std::move(others);
    lane.passed[entity] = lane.series;
    lane.series = {};
}

/// The first event's entity was passed before: it goes on with its count.
void DeliveryMachine::resume_series(Lane& lane) {
    auto const known = lane.passed.find(lane.queue.front().event.entity);
    if (known == lane.passed.end())
        return;
    lane.series = known->second;
    lane.resumed = true;
    lane.passed.erase(known);
}

LaneStep DeliveryMachine::next(std::size_t index, SteadyTime now) {
    Lane& lane = lanes_[index];
    MILLRACE_ASSERT(lane.phase == Phase::ready || lane.phase == Phase::pausing);
    if (lane.queue.empty())
        return Rest();
    if (lane.phase == Phase::pausing && now < lane.until)
        return Pause{lane.until};
    if (lane.phase == Phase::pausing && lane.stuck)
        take_turns(lane);
    if (lane.series.attempts == 0 && !lane.passed.empty())
        resume_series(lane);
    if (lane.series.attempts == 0 || lane.stuck || lane.resumed)
        make_request(lane);
    lane.resumed = false;
    retries_ += lane.series.attempts > 0 ? 1 : 0;
    lane.phase = Phase::sending;
    ++lane.series.attempts;
    ++requests_;
    return Post{lane.made.empty() ? lane.queue.front().event.message : lane.made};
}

AttemptResult DeliveryMachine::answered(
    std::size_t index, SinkAnswer const& answer, Moment const& moment) {
    Lane& lane = lanes_[index];
    MILLRACE_ASSERT(lane.phase == Phase::sending);
    DeliveryAttempt attempt{
        .status = answer.status, .number = lane.series.attempts, .events = lane.count};
    if (!answer.retry_after.empty())
        attempt.retry_after = retry_after(answer.retry_after, moment.wall);
    auto const decision = decide_delivery(attempt, limits_.retry, moment.random);
    if (decision.verdict == DeliveryVerdict::delivered) {
        batches_announced_ = announces_batches(answer.accept_post);
        last_failure_.clear();
        end_series(index);
        return settle(lane);
    }
    last_failure_ = "The sink answered " + std::to_string(answer.status) + ".";
    if (decision.verdict == DeliveryVerdict::dead_letter)
        return refuse(lane, answer.status, answer.body);
    if (decision.verdict == DeliveryVerdict::split) {
        batches_refused_ = batches_refused_ || answer.status == unsupported_media_type;
        return split(lane);
    }
    // "Busy, come back then" is said of the sink, not of the event.
    if (!attempt.retry_after)
        count_failure(index, moment);
    if (is_given_up(lane, moment.now))
        return refuse(
            lane, answer.status,
            "Failed " + std::to_string(lane.series.attempts) +
                " times while the sink took other events. " + answer.body);
    return retry(index, decision.pause, moment);
}

AttemptResult DeliveryMachine::unanswered(
    std::size_t index, std::string const& reason, Moment const& moment) {
    Lane& lane = lanes_[index];
    MILLRACE_ASSERT(lane.phase == Phase::sending);
    last_failure_ = "The sink does not answer: " + reason;
    count_failure(index, moment);
    if (is_given_up(lane, moment.now))
        return refuse(
            lane, 0,
            "Failed " + std::to_string(lane.series.attempts) +
                " times while the sink took other events: " + reason);
    return retry(
        index, pause_after_failure(lane.series.attempts, limits_.retry, moment.random), moment);
}

/// A failure though others have come through since the one before says something about its events;
/// while the sink is down, none does.
void DeliveryMachine::count_failure(std::size_t index, Moment const& moment) {
    Lane& lane = lanes_[index];
    Series& series = lane.series;
    if (++series.failures == 1)
        series.since = moment.now;
    else if (delivered_ > series.delivered_before)
        ++series.suspicions;
    series.delivered_before = delivered_;
    if (lane.stuck || lane.count > 1 || series.failures < limits_.retry.stuck_failures)
        return;
    lane.stuck = true;
    ++stuck_lanes_;
    table_.avoid(index, true);
    spread(index);
}

/// Sends the entities that wait behind the first event to other lanes, each whole and in order.
void DeliveryMachine::spread(std::size_t index) {
    Lane& lane = lanes_[index];
    std::uint64_t const stuck_entity = lane.queue.front().event.entity;
    std::unordered_map<std::uint64_t, std::size_t> moved;
    std::deque<Waiting> rest;
    for (Waiting& waiting : lane.queue) {
        std::uint64_t const entity = waiting.event.entity;
        if (entity != stuck_entity && !moved.contains(entity))
            moved[entity] = table_.move(entity).value_or(index);
        std::size_t const to = entity == stuck_entity ? index : moved[entity];
        (to == index ? rest : lanes_[to].queue).push_back(std::move(waiting));
    }
    lane.queue = std::move(rest);
    lane.alone = 0;
    for (auto const& [entity, to] : moved)
        if (to != index) {
            lane.passed.erase(entity);
            woken_.push_back(to);
        }
}

bool DeliveryMachine::is_given_up(Lane const& lane, SteadyTime now) const {
    return lane.count == 1 && lane.series.suspicions >= limits_.retry.blocked_failures_max &&
           now - lane.series.since >= limits_.retry.blocked_time_max;
}

AttemptResult DeliveryMachine::retry(std::size_t index, milliseconds pause, Moment const& moment) {
    Lane& lane = lanes_[index];
    // One of the batch may be the fault: alone, it holds up only itself.
    if (lane.count > 1 && lane.series.failures >= limits_.retry.stuck_failures)
        return split(lane);
    lane.phase = Phase::pausing;
    lane.until = moment.now + std::max(pause, limits_.retry.base);
    return Retrying();
}

AttemptResult DeliveryMachine::split(Lane& lane) {
    lane.alone = lane.count;
    lane.phase = Phase::ready;
    lane.series = {};
    return Splitting();
}

AttemptResult DeliveryMachine::refuse(Lane& lane, int status, std::string reason) {
    lane.phase = Phase::refused;
    return Refused{&lane.queue.front(), status, std::move(reason)};
}

Settled DeliveryMachine::pop(Lane& lane) {
    Waiting const& first = lane.queue.front();
    Settled const settled{first.position, first.event.key, first.event.created};
    table_.release(first.event.entity);
    lane.queue.pop_front();
    lane.alone -= lane.alone > 0 ? 1 : 0;
    --pending_;
    return settled;
}

Delivered DeliveryMachine::settle(Lane& lane) {
    settled_.clear();
    for (std::size_t i = 0; i < lane.count; ++i)
        settled_.push_back(pop(lane));
    delivered_ += lane.count;
    lane.phase = Phase::ready;
    return {settled_};
}

void DeliveryMachine::end_series(std::size_t index) {
    Lane& lane = lanes_[index];
    lane.series = {};
    if (!lane.stuck)
        return;
    lane.stuck = false;
    --stuck_lanes_;
    table_.avoid(index, false);
}

Settled DeliveryMachine::bury(std::size_t index) {
    Lane& lane = lanes_[index];
    MILLRACE_ASSERT(lane.phase == Phase::refused);
    end_series(index);
    lane.phase = Phase::ready;
    return pop(lane);
}

void DeliveryMachine::not_buried(std::size_t index, Moment const& moment) {
    Lane& lane = lanes_[index];
    MILLRACE_ASSERT(lane.phase == Phase::refused);
    lane.phase = Phase::pausing;
    lane.until =
        moment.now + pause_after_failure(lane.series.attempts, limits_.retry, moment.random);
}

void DeliveryMachine::abandon(std::size_t index) {
    MILLRACE_ASSERT(lanes_[index].phase == Phase::sending);
    lanes_[index].phase = Phase::ready;
}

std::size_t DeliveryMachine::stuck_pending() const {
    if (stuck_lanes_ == 0)
        return 0;
    std::size_t count = 0;
    for (Lane const& lane : lanes_)
        count += lane.stuck ? lane.queue.size() : 0;
    return count;
}

std::optional<BlockedEvent> DeliveryMachine::blocked() const {
    std::optional<BlockedEvent> longest;
    for (Lane const& lane : lanes_) {
        bool const is_blocked = lane.stuck && lane.series.suspicions > 0;
        if (is_blocked && (!longest || lane.series.since < longest->since))
            longest =
                BlockedEvent{lane.queue.front().event.key, lane.series.since, lane.series.attempts};
    }
    return longest;
}

}  // namespace millrace::router
