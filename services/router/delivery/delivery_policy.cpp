// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_policy.hpp"

#include <algorithm>
#include <array>

#include "common/base/backoff.hpp"

namespace millrace::router {
namespace {

constexpr std::array refusals = {400, 411, 413, 414, 415, 422, 431, 501};

}  // namespace

milliseconds pause_after_failure(
    unsigned attempt, RetryLimits const& limits, std::uint64_t random) {
    milliseconds const longest = backoff(attempt, limits.base, limits.ceiling);
    // At least half: full jitter could retry a struggling sink at once.
    return longest / 2 + with_jitter(longest / 2, random);
}

DeliveryDecision decide_delivery(
    DeliveryAttempt const& attempt, RetryLimits const& limits, std::uint64_t random) {
    if (attempt.status >= 200 && attempt.status < 300)
        return {DeliveryVerdict::delivered, 0ms};
    bool const refused = std::ranges::find(refusals, attempt.status) != refusals.end();
    if (refused && attempt.events > 1)
        return {DeliveryVerdict::split, 0ms};
    if (refused && attempt.number >= limits.refusals_max)
        return {DeliveryVerdict::dead_letter, 0ms};
    milliseconds pause = pause_after_failure(attempt.number, limits, random);
    if (attempt.retry_after)
        pause = std::max(pause, std::min(*attempt.retry_after, limits.retry_after_max));
    return {DeliveryVerdict::retry, pause};
}

}  // namespace millrace::router
