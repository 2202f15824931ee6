// SPDX-License-Identifier: Apache-2.0
#include "common/base/backoff.hpp"

#include "common/base/encoding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Back-off: each pause is twice the one before, up to the ceiling and never beyond") {
    milliseconds before = backoff(1, 200ms, 10s);
    CHECK(before == 200ms);
    for (unsigned attempt = 2; attempt < 100; ++attempt) {
        milliseconds const pause = backoff(attempt, 200ms, 10s);
        INFO("attempt " << attempt);
        CHECK(pause == std::min(2 * before, milliseconds(10s)));
        before = pause;
    }
}

TEST_CASE("Back-off: a ceiling below the first pause cuts it") {
    CHECK(backoff(1, 5s, 2s) == 2s);
    CHECK(backoff(50, 5s, 2s) == 2s);
}

TEST_CASE("Jitter: it is within the pause, and takes up all of it") {
    std::uint64_t const seed = random_u64();
    INFO("seed " << seed);
    milliseconds least = 10ms;
    milliseconds greatest = 0ms;
    for (std::uint64_t i = 0; i < 11; ++i) {
        milliseconds const pause = with_jitter(10ms, seed + i);
        REQUIRE(pause >= 0ms);
        REQUIRE(pause <= 10ms);
        least = std::min(least, pause);
        greatest = std::max(greatest, pause);
    }
    // Eleven numbers in a row leave each of the eleven remainders, but where they wrap around.
    if (seed <= UINT64_MAX - 11) {
        CHECK(least == 0ms);
        CHECK(greatest == 10ms);
    }
}
