// SPDX-License-Identifier: Apache-2.0
#include "runner/function/deploy_retry.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

SteadyTime at(milliseconds since) {
    return SteadyTime() + since;
}

}  // namespace

TEST_CASE("Retry: a revision that runs is never due") {
    DeployRetry const retry;
    CHECK_FALSE(retry.failing());
    CHECK_FALSE(retry.due(at(1h)));
}

TEST_CASE("Retry: each failure doubles the wait, up to five minutes") {
    DeployRetry retry;
    milliseconds now = 0ms;
    for (milliseconds const wait : {1'000ms, 2'000ms, 4'000ms, 8'000ms}) {
        retry.failed(at(now));
        CHECK_FALSE(retry.due(at(now + wait - 1ms)));
        CHECK(retry.due(at(now + wait)));
        now += wait;
    }
    for (int i = 0; i < 100; ++i)
        retry.failed(at(now));
    CHECK_FALSE(retry.due(at(now + 299s)));
    CHECK(retry.due(at(now + 300s)));
}

TEST_CASE("Retry: something new to start begins at the shortest wait") {
    DeployRetry retry;
    retry.failed(at(0ms));
    retry.failed(at(0ms));
    retry.reset();
    CHECK_FALSE(retry.due(at(1h)));
    retry.failed(at(1h));
    CHECK(retry.due(at(1h + 1s)));
}
