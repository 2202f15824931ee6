// SPDX-License-Identifier: Apache-2.0
#include "common/net/task_group.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/error.hpp>

#include "common/net/async_signal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

Task<void> throw_error() {
    throw std::runtime_error("A fault of ours.");
    co_return;
}

Task<void> throw_aborted() {
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return;
}

Task<void> count(int& ended) {
    ++ended;
    co_return;
}

/// Waits until it is told to end, and then needs some rounds of the event loop to do so.
Task<void> end_slowly(AsyncSignal& never, int& ended) {
    auto const woken = co_await never.wait();
    CHECK_FALSE(woken);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (int round = 0; round < 10; ++round)
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++ended;
}

/// Whether a process ends, and with which code, whose essential task is `task`.
int exit_code_with(Task<void> (*task)()) {
    pid_t const pid = ::fork();
    if (pid == 0) {
        ::close(STDERR_FILENO);
        asio::io_context io;
        TaskGroup tasks(io.get_executor());
        tasks.spawn_essential("essential", task());
        io.run();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("Task group: it knows its tasks until they end") {
    asio::io_context io;
    TaskGroup tasks(io.get_executor());
    int ended = 0;
    tasks.spawn("one", count(ended));
    tasks.spawn("two", count(ended));
    CHECK(tasks.size() == 2);
    io.run();
    CHECK(ended == 2);
    CHECK(tasks.size() == 0);
}

TEST_CASE("Task group: an exception ends its own task and no other") {
    asio::io_context io;
    TaskGroup tasks(io.get_executor());
    int ended = 0;
    tasks.spawn("faulty", throw_error());
    tasks.spawn("good", count(ended));
    CHECK_NOTHROW(io.run());
    CHECK(ended == 1);
    CHECK(tasks.size() == 0);
}

TEST_CASE("Task group: stopping returns when all have ended, also those that are slow to") {
    asio::io_context io;
    AsyncSignal never(io.get_executor());
    TaskGroup tasks(io.get_executor());
    int ended = 0;
    for (int i = 0; i < 3; ++i)
        tasks.spawn("slow", end_slowly(never, ended));
    run_task(io, [](TaskGroup& group, int& of) -> Task<void> {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        co_await group.stop(0s);
        CHECK(of == 3);
    }(tasks, ended));
}

TEST_CASE("Task group: with nothing to stop stopping returns at once, and twice") {
    asio::io_context io;
    TaskGroup tasks(io.get_executor());
    run_task(io, tasks.stop());
    run_task(io, tasks.stop());
}

TEST_CASE("Task group: a task that has not begun when the group stops is begun, and told to end") {
    asio::io_context io;
    AsyncSignal never(io.get_executor());
    TaskGroup tasks(io.get_executor());
    int ended = 0;
    tasks.spawn("late", end_slowly(never, ended));
    run_task(io, tasks.stop());
    CHECK(ended == 1);
    CHECK(tasks.size() == 0);
    CHECK(never.waiting() == 0);
}

TEST_CASE("Task group: after it has stopped a task is dropped unstarted") {
    asio::io_context io;
    TaskGroup tasks(io.get_executor());
    run_task(io, tasks.stop());
    int ended = 0;
    tasks.spawn("too late", count(ended));
    io.restart();
    io.run();
    CHECK(ended == 0);
    CHECK(tasks.size() == 0);
}

// Review 4.11.
TEST_CASE("Task group: the process ends when an essential task dies, and lives when it just ends") {
    CHECK(exit_code_with(throw_error) == 70);
    CHECK(exit_code_with([] -> Task<void> { co_return; }) == 0);
    // Who was cancelled has done nothing wrong.
    CHECK(exit_code_with(throw_aborted) == 0);
}
