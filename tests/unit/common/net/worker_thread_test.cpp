// SPDX-License-Identifier: Apache-2.0
#include "common/net/worker_thread.hpp"

#include <pthread.h>

#include <array>
#include <future>
#include <latch>

#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

/// Work that occupies the thread until it is let go.
struct Gate {
    std::latch begun{1};
    std::latch open{1};

    Result<int> pass() {
        begun.count_down();
        open.wait();
        return 1;
    }
};

Task<void> note(WorkerThread& worker, std::vector<int>& order, int number) {
    auto const done = co_await worker.run([number] { return Result<int>(number); });
    order.push_back(done ? *done : -static_cast<int>(done.error().code));
}

Task<void> pass(WorkerThread& worker, Gate& gate, Result<int>& outcome) {
    outcome = co_await worker.run([&gate] { return gate.pass(); });
}

/// A worker whose thread is occupied until `gate` is opened.
struct Occupied {
    asio::io_context io;
    WorkerThread worker;
    TaskGroup tasks;
    Gate gate;
    Result<int> first;  ///< what the job that occupies it has given

    explicit Occupied(std::size_t jobs_max)
        : worker(io.get_executor(), jobs_max, "disk"),
          tasks(io.get_executor()) {
        tasks.spawn("gate", pass(worker, gate, first));
        io.poll();
        gate.begun.wait();
        io.restart();
    }
};

constexpr int refused = -static_cast<int>(ErrorCode::unavailable);

}  // namespace

// Review 4.12.
TEST_CASE("Worker thread: work runs on the thread, by its name, and its outcome comes back here") {
    asio::io_context io;
    WorkerThread worker(io.get_executor(), 8, "disk");
    run_task(io, [](WorkerThread& on) -> Task<void> {
        auto const here = std::this_thread::get_id();
        auto const name = co_await on.run([here] -> Result<std::string> {
            std::array<char, 16> text{};
            ::pthread_getname_np(::pthread_self(), text.data(), text.size());
            return std::string(text.data()) + (std::this_thread::get_id() == here ? " here" : "");
        });
        CHECK(name == "disk");
        CHECK(std::this_thread::get_id() == here);
    }(worker));
}

TEST_CASE("Worker thread: an error of the work is the caller's error") {
    asio::io_context io;
    WorkerThread worker(io.get_executor(), 8, "disk");
    run_task(io, [](WorkerThread& on) -> Task<void> {
        auto const done = co_await on.run(
            [] { return Result<void>(failure(ErrorCode::storage, "No space left on device.")); });
        REQUIRE_FALSE(done);
        CHECK(done.error().code == ErrorCode::storage);
        CHECK(done.error().detail == "No space left on device.");
    }(worker));
}

TEST_CASE("Worker thread: jobs are done one after the other, in the order they came") {
    asio::io_context io;
    WorkerThread worker(io.get_executor(), 1000, "disk");
    TaskGroup tasks(io.get_executor());
    std::vector<int> order;
    std::vector<int> expected;
    for (int i = 0; i < 500; ++i) {
        tasks.spawn("note", note(worker, order, i));
        expected.push_back(i);
    }
    while (order.size() < expected.size())
        io.run_one();
    CHECK(order == expected);
}

TEST_CASE("Worker thread: more jobs than may wait are refused at once, in words") {
    Occupied at(2);
    // The gate's job is under way: two may wait behind it.
    std::vector<int> order;
    for (int i = 1; i <= 3; ++i)
        at.tasks.spawn("note", note(at.worker, order, i));
    while (order.empty())
        at.io.run_one();
    CHECK(order == std::vector<int>{refused});
    at.gate.open.count_down();
    while (order.size() < 3)
        at.io.run_one();
    CHECK(at.first == 1);
    CHECK(order == std::vector<int>{refused, 1, 2});
}

TEST_CASE("Worker thread: stopping finishes the job under way and refuses those that wait") {
    Occupied at(SIZE_MAX);
    std::vector<int> order;
    at.tasks.spawn("note", note(at.worker, order, 1));
    at.io.poll();
    std::future<void> const stopping = std::async(std::launch::async, [&at] { at.worker.stop(); });
    // As many may wait as will: a job is refused only once the thread is stopping.
    at.io.restart();
    while (order.empty()) {
        at.tasks.spawn("note", note(at.worker, order, 2));
        at.io.poll();
        at.io.restart();
    }
    CHECK(order.front() == refused);
    at.gate.open.count_down();
    stopping.wait();
    run_task(at.io, at.tasks.stop());
    CHECK(at.first == 1);
    CHECK(std::ranges::count(order, 1) == 0);
}

TEST_CASE("Worker thread: a task that is cancelled gets the outcome of the job that is under way") {
    Occupied at(8);
    bool stopped = false;
    asio::co_spawn(at.io, at.tasks.stop(), [&stopped](std::exception_ptr) { stopped = true; });
    at.io.poll();
    CHECK_FALSE(stopped);
    at.gate.open.count_down();
    while (!stopped) {
        at.io.restart();
        at.io.run_one();
    }
    CHECK(at.first == 1);
}

TEST_CASE("Worker thread: once stopped it refuses everything, and may be stopped again") {
    asio::io_context io;
    WorkerThread worker(io.get_executor(), 8, "disk");
    worker.stop();
    worker.stop();
    std::vector<int> order;
    run_task(io, note(worker, order, 1));
    CHECK(order == std::vector<int>{refused});
}
