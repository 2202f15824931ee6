// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_policy.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;
using Verdict = DeliveryVerdict;

TEST_CASE("Delivery: 2xx is delivered; faults of the way are retried for ever (F16, F20, F24)") {
    RetryLimits const limits;
    for (int const status : {200, 202, 204})
        CHECK(decide_delivery({.status = status}, limits, 0).verdict == Verdict::delivered);
    for (int const status : {301, 307, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504}) {
        INFO(status);
        CHECK(
            decide_delivery({.status = status, .number = 1'000}, limits, 0).verdict ==
            Verdict::retry);
    }
}

TEST_CASE("Delivery: an event the sink refuses becomes a dead letter after some tries (F19)") {
    RetryLimits const limits{.refusals_max = 3};
    for (int const status : {400, 413, 415, 422}) {
        CHECK(
            decide_delivery({.status = status, .number = 2}, limits, 0).verdict == Verdict::retry);
        CHECK(
            decide_delivery({.status = status, .number = 3}, limits, 0).verdict ==
            Verdict::dead_letter);
    }
}

TEST_CASE("Delivery: of a refused batch nobody knows which event is the fault, so it is split") {
    RetryLimits const limits;
    CHECK(decide_delivery({.status = 400, .events = 2}, limits, 0).verdict == Verdict::split);
    CHECK(decide_delivery({.status = 400}, limits, 0).verdict == Verdict::retry);
    CHECK(decide_delivery({.status = 503, .events = 2}, limits, 0).verdict == Verdict::retry);
    CHECK(decide_delivery({.status = 202, .events = 2}, limits, 0).verdict == Verdict::delivered);
}

TEST_CASE(
    "Delivery: the pause grows, has a ceiling, and Retry-After is obeyed up to its cap (F18)") {
    RetryLimits const limits;
    for (std::uint64_t const random : {0ULL, 1ULL, ~0ULL}) {
        CHECK(pause_after_failure(1, limits, random) >= limits.base / 2);
        CHECK(pause_after_failure(1, limits, random) <= limits.base);
        CHECK(pause_after_failure(1'000'000, limits, random) <= limits.ceiling);
    }
    CHECK(decide_delivery({.status = 503, .retry_after = 7s}, limits, 0).pause == 7s);
    CHECK(
        decide_delivery({.status = 503, .retry_after = 24h}, limits, 0).pause ==
        limits.retry_after_max);
}
