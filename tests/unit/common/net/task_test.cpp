// SPDX-License-Identifier: Apache-2.0
#include "common/net/task.hpp"

#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

Task<Result<int>> answer(int value) {
    co_return value;
}

Task<Result<int>> refuse() {
    co_return failure(ErrorCode::not_found, "There is none.");
}

/// Notes how its wait for a notification that never comes has ended.
Task<Result<int>> wait_for_ever(AsyncSignal& never, ErrorCode& ended_by) {
    auto const woken = co_await never.wait();
    ended_by = woken ? ErrorCode::invalid : woken.error().code;
    co_return 0;
}

}  // namespace

TEST_CASE("Time limit: what ends before gives its own value or error") {
    asio::io_context io;
    run_task(io, [] -> Task<void> {
        CHECK(co_await with_timeout(answer(7), 10s) == 7);
        auto const refused = co_await with_timeout(refuse(), 10s);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::not_found);
    }());
}

TEST_CASE("Time limit: what does not end in time is cancelled, and told as late") {
    asio::io_context io;
    AsyncSignal never(io.get_executor());
    ErrorCode ended_by = ErrorCode::invalid;
    run_task(io, [](AsyncSignal& of, ErrorCode& by) -> Task<void> {
        auto const late = co_await with_timeout(wait_for_ever(of, by), 1ms);
        REQUIRE_FALSE(late);
        CHECK(late.error().code == ErrorCode::timed_out);
        CHECK(of.waiting() == 0);
    }(never, ended_by));
    CHECK(ended_by == ErrorCode::canceled);
}

TEST_CASE("Sleep: it ends after its time, or as cancelled when its task is to end") {
    asio::io_context io;
    TaskGroup tasks(io.get_executor());
    ErrorCode ended_by = ErrorCode::invalid;
    tasks.spawn("sleeper", [](ErrorCode& by) -> Task<void> {
        auto const slept = co_await sleep_for(std::chrono::hours(1));
        by = slept ? ErrorCode::invalid : slept.error().code;
    }(ended_by));
    run_task(io, [](TaskGroup& of) -> Task<void> {
        SteadyTime const begin = steady_now();
        CHECK(co_await sleep_for(20ms));
        CHECK(steady_now() - begin >= 20ms);
        co_await of.stop();
    }(tasks));
    CHECK(ended_by == ErrorCode::canceled);
}
