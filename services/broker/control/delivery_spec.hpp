// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "broker/control/destination.hpp"
#include "broker/control/retry_policy.hpp"
#include "common/event/http_binding.hpp"

namespace millrace::broker {

/// Knative's DeliverySpec (`spec.delivery` of a Broker or Trigger).
struct DeliverySpec {
    RetryPolicy retry;
    std::optional<Destination> dead_letter_sink;
    ContentMode format = ContentMode::binary;  ///< how events are sent: binary or structured

    bool operator==(DeliverySpec const&) const = default;
};

/// What stands around a delivery: where it is, and what holds for fields it does not set.
struct DeliveryContext {
    std::string place;       ///< of the object, for faults
    std::string name_space;  ///< of the object, for references without one
    DeliverySpec fallback;   ///< a Trigger's is its Broker's
};

/// Reads `spec.delivery` of `spec`; absent gives the fallback. Faults, all at once: negative or
/// huge retry, unknown backoffPolicy or format, durations that are not ISO 8601 or out of bounds
/// (timeout 1 ms to 10 min, backoffDelay 0 to 10 min, retryAfterMax 0 to 1 h), a bad dead letter
/// sink.
Checked<DeliverySpec> parse_delivery(Json const& spec, DeliveryContext const& context);

}  // namespace millrace::broker
