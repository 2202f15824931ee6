// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"

namespace millrace {

/// Delay before attempt `attempt` (1 = first retry): `base` doubled each time, at most `ceiling`.
/// Pure. Pre: attempt >= 1, base > 0. Knative's "exponential" backoffPolicy, delay * 2^n with n
/// from 0 (knative/eventing pkg/kncloudevents/retries.go); the ceiling is ours.
constexpr milliseconds backoff(unsigned attempt, milliseconds base, milliseconds ceiling) {
    milliseconds delay = base;
    for (unsigned i = 1; i < attempt && delay < ceiling; ++i)
        delay *= 2;
    return std::min(delay, ceiling);
}
static_assert(backoff(1, 100ms, 5s) == 100ms);
static_assert(backoff(3, 100ms, 5s) == 400ms);
static_assert(backoff(9, 100ms, 5s) == 5s);
static_assert(backoff(4'000'000'000U, 100ms, 5s) == 5s);

/// Full jitter: a delay in [0, delay] chosen by `random` (any 64 bits), so that many clients that
/// failed together do not come back together.
constexpr milliseconds with_jitter(milliseconds delay, std::uint64_t random) {
    return milliseconds(
        static_cast<std::int64_t>(random % static_cast<std::uint64_t>(delay.count() + 1)));
}
static_assert(with_jitter(100ms, 101) == 0ms);
static_assert(with_jitter(0ms, 12345) == 0ms);

}  // namespace millrace
