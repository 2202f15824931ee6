// SPDX-License-Identifier: Apache-2.0
#include "common/process/spawn.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using test::Ended;
using test::run_shell;

namespace {

std::size_t open_descriptors() {
    return list_folder("/proc/self/fd").value().size();
}

}  // namespace

TEST_CASE("Spawn: how a child ended is said in words") {
    CHECK(run_shell("exit 0").status == "ended with status 0");
    CHECK(run_shell("exit 3").status == "ended with status 3");
    CHECK(run_shell("kill -15 $$").status == "was killed by signal 15");
}

TEST_CASE("Spawn: without an environment of its own the child has ours, with one only that") {
    ::setenv("MILLRACE_TEST_COLOUR", "green", 1);
    CHECK(run_shell("echo $MILLRACE_TEST_COLOUR").output == "green\n");
    ChildCommand bare;
    bare.environment.emplace();
    CHECK(run_shell("echo \"[$MILLRACE_TEST_COLOUR]\"", bare).output == "[]\n");
    ::unsetenv("MILLRACE_TEST_COLOUR");
}

TEST_CASE("Spawn: a value of the environment may be any text") {
    ChildCommand command;
    command.environment = {{"WORD", Secret("two words\nand = a \"line\"")}, {"EMPTY", Secret()}};
    CHECK(
        run_shell("printf %s \"$WORD\"; echo \"${EMPTY-unset}\"", command).output ==
        "two words\nand = a \"line\"\n");
}

TEST_CASE("Spawn: a secret of the environment is not among the arguments, which everybody reads") {
    ChildCommand command;
    command.environment = {{"PASSWORD", Secret("geheim")}};
    std::string const arguments = run_shell("tr '\\0' ' ' < /proc/$$/cmdline", command).output;
    CHECK(arguments.starts_with("/bin/sh -c "));
    CHECK(arguments.find("geheim") == std::string::npos);
}

TEST_CASE("Spawn: a child leads a session or a group of its own, as it was asked") {
    ChildCommand command;
    for (bool const own_session : {true, false}) {
        command.own_session = own_session;
        // /proc/<pid>/stat: pid (name) state parent group session.
        auto const ended = run_shell(
            "set -- $(cut -d' ' -f1,5,6 /proc/$$/stat); "
            "[ $1 = $2 ] && echo group; [ $1 = $3 ] && echo session; true",
            command);
        CHECK(ended.output == (own_session ? "group\nsession\n" : "group\n"));
    }
}

TEST_CASE("Spawn: signals that we ignore or hold back are the child's own again") {
    ::sighandler_t const before = std::signal(SIGPIPE, SIG_IGN);
    sigset_t held;
    sigset_t held_before;
    ::sigemptyset(&held);
    ::sigaddset(&held, SIGTERM);
    REQUIRE(::sigprocmask(SIG_BLOCK, &held, &held_before) == 0);
    auto const ended = run_shell("kill -13 $$");
    auto const terminated = run_shell("kill -15 $$");
    ::sigprocmask(SIG_SETMASK, &held_before, nullptr);
    std::signal(SIGPIPE, before);
    CHECK(ended.status == "was killed by signal 13");
    CHECK(terminated.status == "was killed by signal 15");
}

TEST_CASE("Spawn: a file that grows beyond the child's limit is cut off") {
    test::TemporaryFolder const folder;
    ChildCommand command;
    command.folder = folder.path().string();
    command.limits.file_bytes = 1024;
    auto const ended = run_shell("exec head -c 5000 /dev/zero > big", command);
    CHECK(ended.status == "was killed by signal 25");
    CHECK(std::filesystem::file_size(folder.path() / "big") == 1024);
}

TEST_CASE("Spawn: with limits a child writes no core file, without any it has ours") {
    ChildCommand limited;
    limited.limits.open_files = 64;
    CHECK(run_shell("ulimit -c", limited).output == "0\n");
    CHECK(run_shell("grep NoNewPrivs /proc/$$/status").output == "NoNewPrivs:\t0\n");
}

TEST_CASE("Spawn: what cannot be run is told with its reason, and leaves neither child nor pipe") {
    test::TemporaryFolder const folder;
    std::string const text = (folder.path() / "text").string();
    REQUIRE(write_file_atomic(text, "no program", 0600));
    std::size_t const before = open_descriptors();
    ChildCommand command;
    command.arguments = {text};
    CHECK(spawn_child(command).error().detail == "Cannot start " + text + ": Permission denied.");
    command.arguments = {folder.path().string()};
    CHECK(
        spawn_child(command).error().detail ==
        "Cannot start " + folder.path().string() + ": Permission denied.");
    command.arguments = {"/bin/true"};
    command.descriptors = {9'999};
    CHECK(spawn_child(command).error().detail == "Cannot start /bin/true: Bad file descriptor.");
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
}

TEST_CASE("Spawn: the working folder is where the program is run, not where it is looked for") {
    test::TemporaryFolder const folder;
    ChildCommand command;
    command.folder = folder.path().string();
    CHECK(run_shell("pwd", command).output == folder.path().string() + "\n");
}
