// SPDX-License-Identifier: Apache-2.0
#include "router/delivery_pool.hpp"

#include <deque>

#include "common/base/encoding.hpp"
#include "common/net/post_lane.hpp"
#include "router/lane_table.hpp"

namespace millrace::router {
namespace {

struct Waiting {
    std::uint64_t position = 0;
    OutboundEvent event;
};

struct Lane {
    Lane(asio::any_io_executor const& executor, DeliveryOptions const& options)
        : connection(executor, options.sink, options.tls),
          wake(executor, asio::steady_timer::time_point::max()) {}

    PostLane connection;
    std::deque<Waiting> queue;
    asio::steady_timer wake;
};

}  // namespace

struct DeliveryPool::State {
    State(asio::any_io_executor on, DeliveryOptions with, OnSettled tell)
        : options(std::move(with)),
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
    OnSettled on_settled;
    std::vector<std::unique_ptr<Lane>> lanes;
    LaneTable table;
    std::size_t pending = 0;
    std::size_t wanted_below = 0;
    asio::steady_timer drained;
    std::uint64_t retries = 0;
    std::string last_failure;
    bool stopping = false;
    TaskGroup tasks;

    Task<void> run(Lane& lane);
    Task<bool> deliver(Lane& lane, Waiting const& waiting);
    bool settle(Settled const& settled);
};

bool DeliveryPool::State::settle(Settled const& settled) {
    if (!on_settled(settled))
        return false;
    --pending;
    if (pending < wanted_below)
        drained.cancel();
    return true;
}

/// True when the event is settled; false when we are being stopped.
Task<bool> DeliveryPool::State::deliver(Lane& lane, Waiting const& waiting) {
    for (unsigned attempt = 1; !stopping; ++attempt) {
        auto const answer =
            co_await lane.connection.post(waiting.event.message, options.attempt_timeout);
        milliseconds pause{0};
        if (answer) {
            std::optional<milliseconds> retry_after;
            if (!answer->retry_after.empty())
                retry_after = parse_retry_after(answer->retry_after, system_now());
            auto const decision = decide_delivery(
                answer->status, attempt, retry_after, options.retry,
                answer->status < 300 ? 0 : random_u64());
            if (decision.verdict != DeliveryVerdict::retry) {
                bool const dead = decision.verdict == DeliveryVerdict::dead_letter;
                if (!dead)
                    last_failure.clear();
                if (settle({waiting.position, dead, answer->status, answer->body, &waiting.event}))
                    co_return true;
            }
            pause = std::max(decision.pause, options.retry.base);
            last_failure = "The sink answered " + std::to_string(answer->status) + ".";
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
        if (!co_await deliver(lane, lane.queue.front()))
            co_return;
        table.release(lane.queue.front().event.entity);
        lane.queue.pop_front();
    }
}

DeliveryPool::DeliveryPool(
    asio::any_io_executor executor, DeliveryOptions options, OnSettled on_settled)
    : state_(std::make_unique<State>(
          std::move(executor), std::move(options), std::move(on_settled))) {}

DeliveryPool::~DeliveryPool() = default;

void DeliveryPool::submit(std::uint64_t position, OutboundEvent event) {
    Lane& lane = *state_->lanes[state_->table.assign(event.entity)];
    bool const idle = lane.queue.empty();
    lane.queue.push_back({position, std::move(event)});
    ++state_->pending;
    if (idle)
        lane.wake.cancel();
}

std::size_t DeliveryPool::pending() const {
    return state_->pending;
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
