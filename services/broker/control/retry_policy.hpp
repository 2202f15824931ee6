// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"

namespace millrace::broker {

enum class BackoffPolicy { linear, exponential };

/// How often and how long one delivery is tried: Knative's DeliverySpec without the dead letter
/// sink. The defaults are those of Knative's config-br-defaults; the timeout and the cap are ours.
struct RetryPolicy {
    unsigned retries = 10;  ///< after the first attempt
    BackoffPolicy backoff = BackoffPolicy::exponential;
    milliseconds delay = 200ms;
    milliseconds timeout = 30s;          ///< for one attempt, answer included
    milliseconds retry_after_max = 60s;  ///< longer Retry-After values are cut to this

    bool operator==(RetryPolicy const&) const = default;
};

/// What came back from a subscriber.
struct AttemptResult {
    int status = 0;           ///< HTTP status; 0: no answer (network error, time-out)
    std::string error;        ///< empty when it worked; else a sentence
    std::string retry_after;  ///< value of the Retry-After header
    bool is_final = false;    ///< trying again cannot help, whatever the status
    bool is_busy = false;     ///< it was not tried: the subscriber has too much to do
};

/// What follows from one attempt.
struct Decision {
    enum class Next { delivered, retry, give_up };
    Next next = Next::delivered;
    milliseconds delay = 0ms;  ///< before the next attempt, for `retry`
};

/// 404, 408, 409, 429 and 5xx, as knative/eventing pkg/kncloudevents/retries.go SelectiveRetry;
/// other 4xx and redirects are final. 0 (no answer) is retried, too.
constexpr bool is_retried(int status) {
    return status == 0 || status == 404 || status == 408 || status == 409 || status == 429 ||
           (status >= 500 && status <= 599);
}

/// Delay before retry `retry` (1 = the first): delay * retry, or delay * 2^(retry - 1); at most
/// 10 minutes, which is our limit. Pure. Pre: retry >= 1.
milliseconds retry_delay(RetryPolicy const& policy, unsigned retry);

/// How long a busy subscriber wishes to be left alone: its Retry-After, capped by retry_after_max.
/// That is no failed attempt (ours; Knative counts it): a slow handler must not fail an event.
/// Nothing where it is not busy, or does not say for how long. Pure.
std::optional<milliseconds> busy_for(
    RetryPolicy const& policy, AttemptResult const& result, SystemTime now);

/// After `attempts_made` attempts, whether the next one is the last.
constexpr bool is_last_attempt(RetryPolicy const& policy, unsigned attempts_made) {
    return attempts_made >= policy.retries;
}

/// Decides after attempt `attempts_made` (1 = the first). A Retry-After of 429 and 503 lengthens
/// the delay, capped by retry_after_max. Pure.
Decision decide(
    RetryPolicy const& policy, AttemptResult const& result, unsigned attempts_made, SystemTime now);

}  // namespace millrace::broker
