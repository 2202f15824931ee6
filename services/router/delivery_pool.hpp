// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"
#include "router/delivery_policy.hpp"
#include "router/outbound_event.hpp"

namespace millrace::router {

struct DeliveryOptions {
    Url sink;
    TlsContext* tls = nullptr;  ///< for https; outlives the pool
    std::size_t lanes = 64;     ///< connections, and events in flight
    milliseconds attempt_timeout = 10s;
    RetryLimits retry;
};

/// What became of an event, told once for each.
struct Settled {
    std::uint64_t position = 0;
    bool dead = false;
    int status = 0;
    std::string reason;                    ///< of a dead letter
    OutboundEvent const* event = nullptr;  ///< valid during the call
};

/// Delivers events over a fixed number of lanes. The events of one entity share a lane and so keep
/// their order; an event that fails is retried in place, for as long as it takes. One thread.
class DeliveryPool {
public:
    /// False if a dead letter could not be kept: the event is then tried again.
    using OnSettled = std::function<bool(Settled const&)>;

    DeliveryPool(asio::any_io_executor executor, DeliveryOptions options, OnSettled on_settled);
    ~DeliveryPool();

    void submit(std::uint64_t position, OutboundEvent event);
    std::size_t pending() const;
    /// Waits until fewer than `count` events are pending, or the task is stopped.
    Task<Result<void>> wait_below(std::size_t count);
    /// Ends; what is not settled stays unsettled. Up to `grace` for what is in flight.
    Task<void> stop(nanoseconds grace);

    std::uint64_t retries_total() const;
    /// Why the last attempt failed; empty after a success.
    std::string const& last_failure() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::router
