// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include "tests/e2e/cli/running_up.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// An event of this text in the echo function's log: everything between works.
Task<void> check_flow(RunningUp& up, std::string text) {
    ServiceClient client = up.client();
    Json event = Json::object();
    event["class"] = "GeneralUserEvent";
    event["message"] = text;
    co_await client.post(up.url_of("simulator") + "/api/v1/events", std::move(event));
    co_await up.wait_for_log("echo", text);
}

Task<void> check_restart(RunningUp& up, std::string service) {
    INFO(service);
    pid_t const before = up.pid_of(service);
    REQUIRE(before > 0);
    REQUIRE(::kill(before, SIGKILL) == 0);
    CHECK(co_await comes_true(
        [&] {
            pid_t const now = up.pid_of(service);
            return now > 0 && now != before;
        },
        30s));
    std::string padded = service;
    padded.resize(11, ' ');
    CHECK(co_await up.says(padded + "was killed by signal 9; starting it again in"));
    CHECK(co_await up.says(padded + "ready again"));
}

Task<void> check_all_restarts(RunningUp& up) {
    co_await up.start();
    co_await check_flow(up, "before all");
    for (auto const* service : {"simulator", "broker", "runner", "router", "console"}) {
        co_await check_restart(up, service);
        co_await check_flow(up, std::string("after ") + service);
    }
    CHECK(co_await up.interrupt() == 0);
    CHECK(up.processes().empty());
}

Task<void> check_interrupt(RunningUp& up) {
    co_await up.start();
    co_await check_flow(up, "a worker runs");
    auto const running = up.processes();
    INFO(dump_json(Json(running)));
    // up, five services and the worker of echo.
    CHECK(running.size() >= 7);
    auto const begun = steady_now();
    CHECK(co_await up.interrupt() == 0);
    CHECK(steady_now() - begun < 5s);
    CHECK(up.processes().empty());
    CHECK(up.process.log().find("did not stop in time") == std::string::npos);
    CHECK(up.process.log().find("Stopped.") != std::string::npos);
}

Task<void> check_killed_up(RunningUp& up) {
    co_await up.start();
    up.process.kill_hard();
    CHECK(co_await comes_true([&] { return up.processes().empty(); }, 15s));
    // Nothing of the dead one is in the way.
    co_await up.start();
    CHECK(co_await up.interrupt() == 0);
}

}  // namespace

TEST_CASE("Up: Ctrl-C ends all within 5 s, with code 0, and leaves no process", "[cli]") {
    RunningUp up;
    run_task(up.io, check_interrupt(up), 90s);
}

TEST_CASE("Up: each service that is killed comes back, visibly, and events flow again", "[cli]") {
    RunningUp up;
    run_task(up.io, check_all_restarts(up), 240s);
}

TEST_CASE("Up: its services end when it is killed itself, and it can be started again", "[cli]") {
    RunningUp up;
    run_task(up.io, check_killed_up(up), 90s);
}
