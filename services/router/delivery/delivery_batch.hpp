// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "router/delivery/outbound_event.hpp"

namespace millrace::router {

/// An event on its lane. Positions are DeliveryWindow's.
struct Waiting {
    std::uint64_t position = 0;
    OutboundEvent event;
};

/// What one request may carry. An event that is larger alone is sent alone.
struct BatchLimits {
    std::size_t events = 64;
    std::size_t bytes = 256 * 1024;
};

/// How many events from the front of a lane go into the next request: several only if the sink
/// takes batches and they are written for one. Pre: `queue` is not empty. Pure.
std::size_t events_of_next_request(
    std::deque<Waiting> const& queue, bool sink_takes_batches, BatchLimits const& limits);

/// The request that carries the first `count` events, which are written as JSON: one alone in
/// structured mode, which every receiver knows; several as a batch (CloudEvents HTTP protocol
/// binding 1.0, 3.2 and 3.3). `head`: request line and Host. Pure.
std::string request_of(std::deque<Waiting> const& queue, std::size_t count, std::string_view head);

/// Whether an answer's Accept-Post header announces that batches are taken.
bool announces_batches(std::string_view accept_post);

}  // namespace millrace::router
