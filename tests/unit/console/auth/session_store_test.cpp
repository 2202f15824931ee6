// SPDX-License-Identifier: Apache-2.0
#include "console/auth/session_store.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;
using State = SessionStore::State;

namespace {

SystemTime at(std::chrono::seconds second) {
    return SystemTime(std::chrono::hours(400'000)) + second;
}

}  // namespace

TEST_CASE("Sessions: a code signs in once, within its age, and a new one voids it") {
    SessionStore store({.code_age = 60s});
    std::string const first = store.issue_code(at(0s));
    CHECK_FALSE(store.redeem_code("guess", at(1s)));
    CHECK(store.redeem_code(first, at(1s)));
    CHECK_FALSE(store.redeem_code(first, at(2s)));
    CHECK_FALSE(store.redeem_code("", at(2s)));
    std::string const second = store.issue_code(at(10s));
    std::string const third = store.issue_code(at(10s));
    CHECK_FALSE(store.redeem_code(second, at(11s)));
    CHECK_FALSE(store.redeem_code(third, at(71s)));
}

TEST_CASE("Sessions: end after idleness and after their greatest age; looking on is no activity") {
    SessionStore store({.idle = 100s, .absolute = 250s});
    std::string const id = store.begin("admin", at(0s));
    CHECK(id.size() == 64);
    CHECK(store.check(id, at(90s), false) == State::valid);
    CHECK(store.check(id, at(101s), false) == State::expired);
    std::string const used = store.begin("admin", at(0s));
    for (auto const second : {80s, 160s, 240s})
        CHECK(store.check(used, at(second), true) == State::valid);
    CHECK(store.check(used, at(251s), true) == State::expired);
    CHECK(store.check("", at(0s), true) == State::none);
    CHECK(store.check("unknown", at(0s), true) == State::expired);
}

TEST_CASE("Sessions: are bounded; the one unused longest goes") {
    SessionStore store({.sessions_max = 2});
    std::string const first = store.begin("a", at(0s));
    std::string const second = store.begin("b", at(1s));
    store.check(first, at(2s), true);
    store.begin("c", at(3s));
    CHECK(store.check(first, at(4s), false) == State::valid);
    CHECK(store.check(second, at(4s), false) == State::expired);
}

TEST_CASE("Guessing: after five failures each try waits twice as long, at most 15 min (F43)") {
    LoginThrottle throttle;
    for (int i = 0; i < 4; ++i)
        throttle.failed("c", at(0s));
    CHECK(throttle.wait_for("c", at(0s)) == 0s);
    throttle.failed("c", at(0s));
    CHECK(throttle.wait_for("c", at(0s)) == 1s);
    throttle.failed("c", at(1s));
    CHECK(throttle.wait_for("c", at(1s)) == 2s);
    CHECK(throttle.wait_for("c", at(3s)) == 0s);
    for (int i = 0; i < 100; ++i)
        throttle.failed("c", at(4s));
    CHECK(throttle.wait_for("c", at(4s)) == 15min);
    CHECK(throttle.wait_for("other", at(4s)) == 0s);
    throttle.succeeded("c");
    CHECK(throttle.wait_for("c", at(4s)) == 0s);
}

TEST_CASE("Guessing: the wait begins when the failure is told, however long its hash took") {
    LoginThrottle throttle;
    for (int i = 0; i < 5; ++i)
        throttle.failed("c", at(0s));
    throttle.told("c", at(3s));
    CHECK(throttle.wait_for("c", at(3s)) == 1s);
    CHECK(throttle.wait_for("c", at(4s)) == 0s);
    throttle.told("other", at(3s));
    CHECK(throttle.wait_for("other", at(3s)) == 0s);
}
