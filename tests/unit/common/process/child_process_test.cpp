// SPDX-License-Identifier: Apache-2.0
#include "common/process/child_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "common/process/thread_count.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using test::Ended;
using test::run_shell;

namespace {

Task<void> end_tree(asio::any_io_executor executor, std::filesystem::path pids) {
    ChildCommand command;
    command.own_session = true;
    command.arguments = {
        "/bin/sh", "-c",
        "sleep 1000 & echo $! > " + pids.string() + ".new; mv " + pids.string() + ".new " +
            pids.string() + "; wait"};
    auto child = ChildProcess::start(executor, command);
    REQUIRE(child);
    while (!std::filesystem::exists(pids))
        co_await sleep_for(1ms);
    auto const grandchild = static_cast<pid_t>(std::stol(read_file(pids, 64).value()));
    CHECK(::kill(grandchild, 0) == 0);
    child->kill_tree();
    CHECK(describe_wait_status(co_await child->wait()) == "was killed by signal 9");
    CHECK(child->has_ended());
    // It has been killed and given to us; what reads /proc sees no runnable program any more.
    kill_orphans();
    CHECK(::kill(grandchild, 0) != 0);
    child->kill_tree();
    CHECK(describe_wait_status(co_await child->wait()) == "was killed by signal 9");
}

}  // namespace

TEST_CASE("Child: it has the descriptors, environment and folder it was given, and no other") {
    test::TemporaryFolder const folder;
    ChildCommand command;
    command.folder = folder.path();
    command.environment.emplace();
    (*command.environment)["COLOUR"] = Secret("blue");
    std::string const list =
        "for f in 0 1 2 3 4 5 9 10 63 64 65 66; do "
        "[ ! -e /proc/self/fd/$f ] || echo $f; done";
    Ended const ended = run_shell("pwd; echo $COLOUR $HOME; " + list, command);
    CHECK(ended.output == folder.path().string() + "\nblue\n0\n1\n2\n");
    CHECK(ended.status == "ended with status 0");
}

TEST_CASE("Child: a program that cannot be run is told with the system's reason") {
    ChildCommand command;
    command.arguments = {"/nothing/here"};
    auto const started = spawn_child(command);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::unavailable);
    CHECK(started.error().detail == "Cannot start /nothing/here: No such file or directory.");
    command.arguments = {"/bin/true"};
    command.folder = "/nothing/here";
    CHECK_FALSE(spawn_child(command));
}

TEST_CASE("Child: its limits are those it was given") {
    ChildCommand command;
    command.limits.open_files = 99;
    command.limits.threads_of_user = 12'345;
    Ended const ended = run_shell("ulimit -n; grep NoNewPrivs /proc/self/status", command);
    CHECK(ended.output == "99\nNoNewPrivs:\t1\n");
}

TEST_CASE("Child: killing it kills what it has started, and any number may wait for its end") {
    test::TemporaryFolder const folder;
    asio::io_context io;
    become_subreaper();
    test::run_task(io, end_tree(io.get_executor(), folder.path() / "pids"));
}

// review 4.7
TEST_CASE("Threads: those of the user are counted, not the processes of everybody") {
    std::uint64_t const before = count_threads_of_user();
    REQUIRE(before >= 1);
    std::atomic<bool> over = false;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 100; ++i)
            threads.emplace_back([&over] { over.wait(false); });
        CHECK(count_threads_of_user() >= before + 50);
        over = true;
        over.notify_all();
    }
}
