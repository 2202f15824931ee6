// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_pool.hpp"

#include <deque>

#include "common/base/encoding.hpp"
#include "common/net/post_lane.hpp"
#include "router/delivery/lane_table.hpp"

namespace millrace::router {
namespace {

constexpr int unsupported_media_type = 415;

struct Lane {
    Lane(asio::any_io_executor const& executor, DeliveryOptions const& options)
        : connection(executor, options.sink, options.tls),
          wake(executor, asio::steady_timer::time_point::max()) {}

    PostLane connection;
    std::deque<Waiting> queue;
    std::size_t alone = 0;  ///< of a refused batch, still to be sent one by one
    asio::steady_timer wake;
};

}  // namespace

std::string post_head(Url const& sink) {
    return "POST " + sink.target + " HTTP/1.1\r\nHost: " + sink.authority() + "\r\n";
}

struct DeliveryPool::State {
    State(asio::any_io_executor on, DeliveryOptions with, OnSettled tell)
        : options(std::move(with)),
          head(post_head(options.sink)),
          on_settled(std::move(tell)),
          table(options.lanes),
          drained(on, asio::steady_timer::time_point::max()),
          tasks(on) {
        for (std::size_t i = 0; i < options.lanes; ++i)
            lanes.push_back(std::make_unique<Lane>(on, options));
        for (auto& lane : lanes)
            tasks.spawn("delivery lane", run(*lane));
    }

    DeliveryOptions options;
    std::string head;  ///< of a request whose body is made here
    OnSettled on_settled;
    std::vector<std::unique_ptr<Lane>> lanes;
    LaneTable table;
    std::size_t pending = 0;
    std::size_t wanted_below = 0;
    asio::steady_timer drained;
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    std::string last_failure;
    bool stopping = false;
    bool batches_announced = false;
    bool batches_refused = false;  ///< 415 to a batch, whatever is announced
    TaskGroup tasks;

    bool takes_batches() const { return batches_announced && !batches_refused; }
    Task<void> run(Lane& lane);
    Task<bool> deliver(Lane& lane);
    bool finish(Lane& lane, std::size_t count, bool dead, PostLane::Answer const& answer);
    milliseconds judge(
        Lane& lane, std::size_t count, unsigned attempt, PostLane::Answer const& answer);
};

/// Settles the lane's first `count` events. False if one could not be; those before it are.
bool DeliveryPool::State::finish(
    Lane& lane, std::size_t count, bool dead, PostLane::Answer const& answer) {
    for (; count > 0; --count) {
        Waiting const& first = lane.queue.front();
        if (!on_settled({first.position, dead, answer.status, answer.body, &first.event}))
            return false;
        table.release(first.event.entity);
        lane.queue.pop_front();
        lane.alone -= lane.alone > 0 ? 1 : 0;
        --pending;
    }
    if (pending < wanted_below)
        drained.cancel();
    return true;
}

/// Acts on an answer. How long to wait before the same events are tried again; 0: they are settled,
/// or tried in another way.
milliseconds DeliveryPool::State::judge(
    Lane& lane, std::size_t count, unsigned attempt, PostLane::Answer const& answer) {
    DeliveryAttempt answered{.status = answer.status, .number = attempt, .events = count};
    if (!answer.retry_after.empty())
        answered.retry_after = parse_retry_after(answer.retry_after, system_now());
    auto const decision =
        decide_delivery(answered, options.retry, answer.status < 300 ? 0 : random_u64());
    switch (decision.verdict) {
        case DeliveryVerdict::delivered:
            batches_announced = announces_batches(answer.accept_post);
            last_failure.clear();
            finish(lane, count, false, answer);
            return 0ms;
        case DeliveryVerdict::dead_letter:
            if (finish(lane, count, true, answer))
                return 0ms;
            break;
        case DeliveryVerdict::split:
            batches_refused = batches_refused || answer.status == unsupported_media_type;
            lane.alone = count;
            return 0ms;
        case DeliveryVerdict::retry:
            break;
    }
    last_failure = "The sink answered " + std::to_string(answer.status) + ".";
    return std::max(decision.pause, options.retry.base);
}

/// Sends what is first on the lane until it is settled or to be sent in another way; false when we
/// are being stopped.
Task<bool> DeliveryPool::State::deliver(Lane& lane) {
    bool const may_batch = takes_batches() && lane.alone == 0;
    std::size_t const count = events_of_next_request(lane.queue, may_batch, options.batch);
    OutboundEvent const& first = lane.queue.front().event;
    std::string made;
    if (first.encoding == EventEncoding::json)
        made = request_of(lane.queue, count, head);
    std::string_view const request = made.empty() ? first.message : made;
    for (unsigned attempt = 1; !stopping; ++attempt) {
        ++requests;
        auto const answer = co_await lane.connection.post(request, options.attempt_timeout);
        milliseconds pause{0};
        if (answer) {
            pause = judge(lane, count, attempt, *answer);
            if (pause == 0ms)
                co_return true;
        } else {
            if (answer.error().code == ErrorCode::canceled)
                co_return false;
            pause = pause_after_failure(attempt, options.retry, random_u64());
            last_failure = "The sink does not answer: " + answer.error().detail;
        }
        ++retries;
        if (auto const waited = co_await sleep_for(pause); !waited)
            co_return false;
    }
    co_return false;
}

Task<void> DeliveryPool::State::run(Lane& lane) {
    while (!stopping) {
        if (lane.queue.empty()) {
            co_await lane.wake.async_wait(as_result);
            bool const stopped = (co_await asio::this_coro::cancellation_state).cancelled() !=
                                 asio::cancellation_type::none;
            if (stopped)
                co_return;
            continue;
        }
        if (!co_await deliver(lane))
            co_return;
    }
}

DeliveryPool::DeliveryPool(
    asio::any_io_executor executor, DeliveryOptions options, OnSettled on_settled)
    : state_(std::make_unique<State>(
          std::move(executor), std::move(options), std::move(on_settled))) {}

DeliveryPool::~DeliveryPool() = default;

void DeliveryPool::submit(std::uint64_t position, OutboundEvent event) {
    bool const batches = event.encoding == EventEncoding::json;
    std::size_t const lanes = state_->options.lanes;
    std::size_t const width = batches ? std::min(lanes, state_->options.batch_lanes) : lanes;
    Lane& lane = *state_->lanes[state_->table.assign(event.entity, width)];
    bool const idle = lane.queue.empty();
    lane.queue.push_back({position, std::move(event)});
    ++state_->pending;
    if (idle)
        lane.wake.cancel();
}

std::size_t DeliveryPool::pending() const {
    return state_->pending;
}
EventEncoding DeliveryPool::encoding() const {
    return state_->takes_batches() ? EventEncoding::json : EventEncoding::request;
}
std::uint64_t DeliveryPool::requests_total() const {
    return state_->requests;
}
std::uint64_t DeliveryPool::retries_total() const {
    return state_->retries;
}
std::string const& DeliveryPool::last_failure() const {
    return state_->last_failure;
}

Task<Result<void>> DeliveryPool::wait_below(std::size_t count) {
    state_->wanted_below = count;
    while (state_->pending >= count) {
        co_await state_->drained.async_wait(as_result);
        bool const stopped = (co_await asio::this_coro::cancellation_state).cancelled() !=
                             asio::cancellation_type::none;
        if (stopped)
            co_return failure(ErrorCode::canceled, "Stopped.");
    }
    co_return Result<void>();
}

Task<void> DeliveryPool::stop(nanoseconds grace) {
    state_->stopping = true;
    for (auto& lane : state_->lanes)
        lane->wake.cancel();
    // A lane ends after the attempt under way: what the sink has taken is then known to be taken.
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(grace);
    asio::steady_timer poll(co_await asio::this_coro::executor);
    while (state_->tasks.size() > 0 && steady_now() < deadline) {
        poll.expires_after(5ms);
        co_await poll.async_wait(as_result);
    }
    co_await state_->tasks.stop();
}

}  // namespace millrace::router
