// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/setup_code.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

using Verdict = SetupCode::Verdict;

TEST_CASE("setup code: eight characters that nobody mixes up, another each time") {
    std::set<std::string> codes;
    for (int round = 0; round < 1'000; ++round) {
        std::string const code = make_setup_code();
        REQUIRE(code.size() == 9);
        CHECK(code[4] == '-');
        CHECK(code.find_first_of("0O1IL2Z5S8BUV") == std::string::npos);
        codes.insert(code);
    }
    CHECK(codes.size() == 1'000);
}

TEST_CASE("setup code: as a person types it") {
    SteadyTime const now;
    SetupCode code("K7QM-3RTX");
    for (auto const* given : {"K7QM-3RTX", "k7qm3rtx", " K7qm 3rtX "})
        CHECK(code.check(given, now) == Verdict::right);
    for (auto const* given : {"", "K7QM-3RT", "K7QM-3RTXX", "K7QM-3RTY", "K7QM_3RTX"})
        CHECK(SetupCode("K7QM-3RTX").check(given, now) == Verdict::wrong);
}

TEST_CASE("setup code: after five wrong ones each costs a wait that doubles, up to a minute") {
    SteadyTime now;
    SetupCode code("K7QM-3RTX");
    for (int round = 0; round < 4; ++round) {
        CHECK(code.check("wrong", now) == Verdict::wrong);
        CHECK(code.wait_for(now) == 0s);
    }
    for (seconds const wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        CHECK(code.check("wrong", now) == Verdict::wrong);
        CHECK(code.wait_for(now) == wait);
        CHECK(code.check("K7QM-3RTX", now + wait - 1ms) == Verdict::wait);
        now += wait;
    }
    CHECK(code.check("K7QM-3RTX", now) == Verdict::right);
    // What was wrong before counts no more.
    for (int round = 0; round < 4; ++round)
        CHECK(code.check("wrong", now) == Verdict::wrong);
    CHECK(code.check("K7QM-3RTX", now) == Verdict::right);
}

TEST_CASE("setup code: who waits for long is not shut out for longer than a minute") {
    SteadyTime now;
    SetupCode code("K7QM-3RTX");
    for (int round = 0; round < 100'000; ++round) {
        code.check("wrong", now);
        now += 60s;
    }
    CHECK(code.check("K7QM-3RTX", now) == Verdict::right);
}
