// SPDX-License-Identifier: Apache-2.0
#include "common/process/run_to_end.hpp"

#include <sys/wait.h>

#include "common/process/child_process.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

Result<ProgramEnd> run_shell(std::string const& script, nanoseconds limit = 20s) {
    ChildCommand command;
    command.arguments = {"/bin/sh", "-c", script};
    return run_to_end(std::move(command), limit);
}

}  // namespace

TEST_CASE("Run to end: what it printed, errors too, and how it ended") {
    auto const well = run_shell("echo out; echo err >&2");
    REQUIRE(well);
    CHECK(well->is_well());
    CHECK(well->output == "out\nerr\n");
    auto const failed = run_shell("exit 3");
    REQUIRE(failed);
    CHECK_FALSE(failed->is_well());
    CHECK(WEXITSTATUS(failed->status) == 3);
}

TEST_CASE("Run to end: output is kept to a bound and read to its end") {
    auto const much = run_shell("head -c 1000000 /dev/zero");
    REQUIRE(much);
    CHECK(much->is_well());
    CHECK(much->output.size() == 256 * 1024);
}

TEST_CASE("Run to end: it reads its input from the begin to the end, however much it is") {
    ChildCommand command;
    command.arguments = {"/bin/sh", "-c", "wc -c; read more || echo no more"};
    auto const ended = run_to_end(command, 20s, Secret(std::string(1'000'000, 'x')));
    REQUIRE(ended);
    CHECK(ended->output == "1000000\nno more\n");
    auto const none = run_to_end(command, 20s);
    REQUIRE(none);
    CHECK(none->output == "0\nno more\n");
}

TEST_CASE("Run to end: one that is not done in time is killed with what it started") {
    auto const late = run_shell("sleep 600 & wait", 100ms);
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::timed_out);
    ChildCommand missing;
    missing.arguments = {"/none/program"};
    auto const ended = run_to_end(std::move(missing), 1s);
    CHECK_FALSE(ended);
}

TEST_CASE("Run to end: what was killed leaves no zombie to a subreaper") {
    become_subreaper();
    REQUIRE_FALSE(run_shell("sleep 600 & sleep 600 & wait", 100ms));
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
}
