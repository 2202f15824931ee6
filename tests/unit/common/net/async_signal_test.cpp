// SPDX-License-Identifier: Apache-2.0
#include "common/net/async_signal.hpp"

#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

/// Waits once and counts what woke it.
struct Waiter {
    int woken = 0;
    int canceled = 0;

    Task<void> wait(AsyncSignal& signal) {
        if (auto const result = co_await signal.wait(); result)
            ++woken;
        else if (result.error().code == ErrorCode::canceled)
            ++canceled;
    }
};

void run_what_is_ready(asio::io_context& io) {
    io.restart();
    io.poll();
}

}  // namespace

TEST_CASE("Signal: a notification wakes all that wait now, and nobody who waits later") {
    asio::io_context io;
    AsyncSignal signal(io.get_executor());
    TaskGroup tasks(io.get_executor());
    Waiter waiter;
    tasks.spawn("first", waiter.wait(signal));
    tasks.spawn("second", waiter.wait(signal));
    run_what_is_ready(io);
    CHECK(signal.waiting() == 2);
    signal.notify();
    run_what_is_ready(io);
    CHECK(waiter.woken == 2);
    tasks.spawn("third", waiter.wait(signal));
    run_what_is_ready(io);
    CHECK(waiter.woken == 2);
    CHECK(signal.waiting() == 1);
    run_task(io, tasks.stop());
    CHECK(waiter.canceled == 1);
    CHECK(signal.waiting() == 0);
}

TEST_CASE("Signal: nobody waiting, a notification is nothing") {
    asio::io_context io;
    AsyncSignal signal(io.get_executor());
    signal.notify();
    CHECK(signal.waiting() == 0);
}

TEST_CASE("Signal: a wait with a limit returns without a notification, and leaves nothing behind") {
    asio::io_context io;
    AsyncSignal signal(io.get_executor());
    run_task(io, [](AsyncSignal& on) -> Task<void> {
        SteadyTime const begin = steady_now();
        CHECK(co_await on.wait(10ms));
        CHECK(steady_now() - begin >= 10ms);
        // A limit that has passed already is no reason to wait.
        CHECK(co_await on.wait_until(begin));
        CHECK(on.waiting() == 0);
    }(signal));
}
