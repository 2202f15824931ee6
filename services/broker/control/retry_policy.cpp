// SPDX-License-Identifier: Apache-2.0
#include "broker/control/retry_policy.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/backoff.hpp"
#include "common/base/http_message.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds delay_max = 10min;

}  // namespace

milliseconds retry_delay(RetryPolicy const& policy, unsigned retry) {
    MILLRACE_ASSERT(retry >= 1);
    if (policy.delay <= 0ms)
        return 0ms;
    if (policy.backoff == BackoffPolicy::exponential)
        return backoff(retry, policy.delay, delay_max);
    auto const steps = std::min<std::int64_t>(retry, delay_max.count() / policy.delay.count() + 1);
    return std::min(policy.delay * steps, delay_max);
}

std::optional<milliseconds> busy_for(
    RetryPolicy const& policy, AttemptResult const& result, SystemTime now) {
    if (!result.is_busy || result.is_final)
        return std::nullopt;
    auto const wished = retry_after(result.retry_after, now);
    if (!wished)
        return std::nullopt;
    return std::min(*wished, policy.retry_after_max);
}

Decision decide(
    RetryPolicy const& policy, AttemptResult const& result, unsigned attempts_made,
    SystemTime now) {
    MILLRACE_ASSERT(attempts_made >= 1);
    if (result.error.empty())
        return {.next = Decision::Next::delivered};
    // 2xx with an error: the answer was no valid reply, or its reply could not be stored.
    bool const may_retry =
        !result.is_final && (is_retried(result.status) || result.status / 100 == 2);
    if (!may_retry || is_last_attempt(policy, attempts_made - 1))
        return {.next = Decision::Next::give_up};
    milliseconds delay = retry_delay(policy, attempts_made);
    if (result.status == 429 || result.status == 503)
        if (auto const wished = retry_after(result.retry_after, now))
            delay = std::max(delay, std::min(*wished, policy.retry_after_max));
    return {.next = Decision::Next::retry, .delay = delay};
}

}  // namespace millrace::broker
