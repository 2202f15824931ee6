// SPDX-License-Identifier: Apache-2.0
#include "broker/control/retry_policy.hpp"

#include "common/base/http_message.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

SystemTime at(std::string_view text) {
    return *parse_rfc3339(text);
}

AttemptResult refused(int status, std::string retry_after = {}) {
    return {.status = status, .error = "refused", .retry_after = std::move(retry_after)};
}

}  // namespace

TEST_CASE("Retry: 404, 408, 409, 429, 5xx and no answer are tried again", "[broker]") {
    for (int const status : {0, 404, 408, 409, 429, 500, 502, 503, 599})
        CHECK(is_retried(status));
    for (int const status : {301, 302, 307, 400, 401, 403, 405, 410, 413, 415, 422, 600})
        CHECK_FALSE(is_retried(status));
}

TEST_CASE("Retry: exponential back-off doubles, linear adds, both end at ten minutes", "[broker]") {
    RetryPolicy policy{.delay = 200ms};
    CHECK(retry_delay(policy, 1) == 200ms);
    CHECK(retry_delay(policy, 4) == 1600ms);
    CHECK(retry_delay(policy, 1000) == 10min);
    policy.backoff = BackoffPolicy::linear;
    CHECK(retry_delay(policy, 1) == 200ms);
    CHECK(retry_delay(policy, 4) == 800ms);
    CHECK(retry_delay(policy, 4'000'000'000U) == 10min);
    policy.delay = 0ms;
    CHECK(retry_delay(policy, 4) == 0ms);
}

TEST_CASE("Retry: the last attempt is retries + 1", "[broker]") {
    RetryPolicy const policy{.retries = 2};
    CHECK(decide(policy, refused(503), 1, {}).next == Decision::Next::retry);
    CHECK(decide(policy, refused(503), 2, {}).next == Decision::Next::retry);
    CHECK(decide(policy, refused(503), 3, {}).next == Decision::Next::give_up);
    CHECK(decide({.retries = 0}, refused(0), 1, {}).next == Decision::Next::give_up);
}

TEST_CASE("Retry: what cannot help is not tried again", "[broker]") {
    CHECK(decide({}, refused(400), 1, {}).next == Decision::Next::give_up);
    CHECK(decide({}, refused(302), 1, {}).next == Decision::Next::give_up);
    CHECK(decide({}, {.status = 200}, 1, {}).next == Decision::Next::delivered);
    AttemptResult bad_reply{.status = 200, .error = "no CloudEvent"};
    CHECK(decide({}, bad_reply, 1, {}).next == Decision::Next::retry);
    bad_reply.is_final = true;
    CHECK(decide({}, bad_reply, 1, {}).next == Decision::Next::give_up);
}

TEST_CASE("Retry-After: seconds and dates are obeyed, capped, garbage is ignored", "[broker]") {
    SystemTime const now = at("2026-11-22T10:00:00Z");
    CHECK(retry_after("7", now) == 7s);
    CHECK(retry_after("Sun, 22 Nov 2026 10:00:30 GMT", now) == 30s);
    CHECK(retry_after("Sun, 22 Nov 2026 09:00:30 GMT", now) == 0ms);
    CHECK(retry_after("99999999999999999999", now).has_value());
    for (std::string_view const garbage :
         {"", "-5", "7.5", "soon", "Sun, 99 Nov 2026 10:00:30 GMT", "Sun, 22 Nov 2026 10:00:30"})
        CHECK_FALSE(retry_after(garbage, now));

    RetryPolicy const policy{.delay = 200ms, .retry_after_max = 60s};
    CHECK(decide(policy, refused(429, "7"), 1, now).delay == 7s);
    CHECK(decide(policy, refused(503, "86400"), 1, now).delay == 60s);
    CHECK(decide(policy, refused(503, "garbage"), 1, now).delay == 200ms);
    CHECK(decide(policy, refused(503, "0"), 3, now).delay == 800ms);
    CHECK(decide(policy, refused(500, "7"), 1, now).delay == 200ms);
}
