// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"
#include "router/delivery/delivery_batch.hpp"
#include "router/delivery/delivery_policy.hpp"

namespace millrace::router {

struct DeliveryOptions {
    Url sink;
    TlsContext* tls = nullptr;     ///< for https; outlives the pool
    std::size_t lanes = 64;        ///< connections, and requests in flight
    std::size_t batch_lanes = 16;  ///< of them, while the sink takes batches
    milliseconds attempt_timeout = 10s;
    BatchLimits batch;
    RetryLimits retry;
};

/// What a request to the sink begins with: request line and Host.
std::string post_head(Url const& sink);

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
///
/// A sink announces by Accept-Post in an answer that it takes batches. Then whatever waits on a
/// lane goes in one request: no event waits for company, and the more of them there are, the less
/// each costs. A batch the sink refuses is sent again event by event.
class DeliveryPool {
public:
    /// False if a dead letter could not be kept: the event is then tried again.
    using OnSettled = std::function<bool(Settled const&)>;

    DeliveryPool(asio::any_io_executor executor, DeliveryOptions options, OnSettled on_settled);
    ~DeliveryPool();

    /// As what events are best submitted now.
    EventEncoding encoding() const;
    void submit(std::uint64_t position, OutboundEvent event);
    std::size_t pending() const;
    /// Waits until fewer than `count` events are pending, or the task is stopped.
    Task<Result<void>> wait_below(std::size_t count);
    /// Ends; what is not settled stays unsettled. Up to `grace` for what is in flight.
    Task<void> stop(nanoseconds grace);

    std::uint64_t requests_total() const;
    std::uint64_t retries_total() const;
    /// Why the last attempt failed; empty after a success.
    std::string const& last_failure() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::router
