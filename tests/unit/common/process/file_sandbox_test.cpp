// SPDX-License-Identifier: Apache-2.0
#include "common/process/file_sandbox.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "common/process/spawn.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

namespace {

std::vector<std::filesystem::path> const programs = {"/usr", "/bin", "/lib", "/lib64", "/proc"};

/// The exit status of a shell command line inside the sandbox.
int run_inside(FileSandbox const& sandbox, std::string const& line) {
    ChildCommand command;
    command.arguments = {"/bin/sh", "-c", line};
    command.sandbox = &sandbox;
    auto const pid = spawn_child(command);
    REQUIRE(pid);
    int status = 0;
    ::waitpid(*pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

// attack 16
TEST_CASE("Sandbox: what is allowed can be read or written, and nothing else") {
    test::TemporaryFolder const folder;
    auto const code = folder.path() / "code";
    auto const own = folder.path() / "own";
    for (auto const& made : {code, own})
        std::filesystem::create_directory(made);
    for (auto const& file : {code / "f", own / "f", folder.path() / "token"})
        REQUIRE(write_file_atomic(file, "text", 0600));
    auto const sandbox = FileSandbox::make(
        {.readable =
             {programs[0], programs[1], programs[2], programs[3], programs[4], code,
              "/nothing/here"},
         .writable = {own, "/dev/null"}});
    if (!sandbox) {
        WARN("This kernel has no Landlock: " << sandbox.error().detail);
        return;
    }
    auto const path = [&](char const* name) { return (folder.path() / name).string(); };
    CHECK(run_inside(*sandbox, "cat " + path("code/f") + " > /dev/null") == 0);
    CHECK(run_inside(*sandbox, "echo x > " + path("own/f") + " && rm " + path("own/f")) == 0);
    CHECK(run_inside(*sandbox, "echo x > " + path("code/f")) != 0);
    CHECK(run_inside(*sandbox, "cat " + path("token") + " 2> /dev/null") != 0);
    CHECK(run_inside(*sandbox, "cat /proc/self/root" + path("token") + " 2> /dev/null") != 0);
    CHECK(run_inside(*sandbox, "ls " + path("") + " 2> /dev/null") != 0);
    // The memory and environment of who started it are closed as well.
    std::string const parent = "/proc/" + std::to_string(::getpid());
    CHECK(run_inside(*sandbox, "cat " + parent + "/environ 2> /dev/null") != 0);
    CHECK(run_inside(*sandbox, "exec 2> /dev/null 3< " + parent + "/mem") != 0);
}

TEST_CASE("Sandbox: what is hidden is left out of the folder around it") {
    test::TemporaryFolder const folder;
    for (auto const* made : {"a/b/hidden", "a/c", "d"})
        std::filesystem::create_directories(folder.path() / made);
    auto const& root = folder.path();
    auto beside = paths_beside(root, root / "a/b/hidden");
    std::ranges::sort(beside);
    CHECK(beside == std::vector<std::filesystem::path>{root / "a/c", root / "d"});
    CHECK(paths_beside(root / "d", root / "a") == std::vector<std::filesystem::path>{root / "d"});
    CHECK(paths_beside(root / "a/b/hidden", root / "a").empty());
    CHECK(paths_beside("/a/bc", "/a/b") == std::vector<std::filesystem::path>{"/a/bc"});
}
