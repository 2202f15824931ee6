// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/clock.hpp"

namespace millrace::router {

/// What to do after one attempt to deliver an event, or several in one request.
enum class DeliveryVerdict {
    delivered,    ///< 2xx: the sink has it
    retry,        ///< try again after a pause
    dead_letter,  ///< the sink refuses this event for good
    split,        ///< the sink refuses a batch: its events are sent one by one
};

/// One attempt that the sink has answered.
struct DeliveryAttempt {
    int status = 0;
    unsigned number = 1;                      ///< of the attempts with these events, from 1
    std::size_t events = 1;                   ///< in the request
    std::optional<milliseconds> retry_after;  ///< the parsed header (F18)
};

struct DeliveryDecision {
    DeliveryVerdict verdict = DeliveryVerdict::retry;
    milliseconds pause{0};
};

/// Bounds of the waiting between attempts.
struct RetryLimits {
    milliseconds base = 100ms;
    milliseconds ceiling = 5s;
    milliseconds retry_after_max = 60s;
    unsigned refusals_max = 5;  ///< attempts before a refused event becomes a dead letter
    /// Failures of the same events, but for "busy, come back then": after so many a batch is sent
    /// one by one, and a lane counts as stuck.
    unsigned stuck_failures = 5;
    /// An event that fails while others come through becomes a dead letter after both: so many such
    /// failures, so long.
    unsigned blocked_failures_max = 60;
    milliseconds blocked_time_max = 10min;
};

/// Decides by the answer's status. 2xx: delivered. 400, 411, 413, 414, 415, 422, 431, 501: the
/// event is the fault, dead letter after refusals_max attempts (fault F19). Everything else,
/// redirects and 401/403 included, is a fault of the way and retried for ever (F16, F20, F24). Of
/// several events refused together, the sink does not say which one is the fault: split. `random`
/// gives the jitter.
DeliveryDecision decide_delivery(
    DeliveryAttempt const& attempt, RetryLimits const& limits, std::uint64_t random);

/// The same for an attempt that got no answer.
milliseconds pause_after_failure(unsigned attempt, RetryLimits const& limits, std::uint64_t random);

}  // namespace millrace::router
