// SPDX-License-Identifier: Apache-2.0
#include "common/base/assert.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

namespace {

/// How a process ends that runs `code`, and what it says on its standard error.
template <class Code>
std::pair<int, std::string> run_in_child(Code code) {
    test::TemporaryFolder const folder;
    std::string const said = (folder.path() / "said").string();
    pid_t const pid = ::fork();
    if (pid == 0) {
        std::signal(SIGABRT, SIG_DFL);
        rlimit const none{};
        ::setrlimit(RLIMIT_CORE, &none);
        int const file = ::open(said.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        ::dup2(file, STDERR_FILENO);
        code();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    return {status, read_file(said, 4096).value_or("")};
}

}  // namespace

TEST_CASE("Assertion: one that holds has no effect and is evaluated once") {
    int evaluations = 0;
    MILLRACE_ASSERT(++evaluations == 1);
    CHECK(evaluations == 1);
}

TEST_CASE("Assertion: one that does not hold ends the process and names its place and condition") {
    auto const [status, said] = run_in_child([] { MILLRACE_ASSERT(1 + 1 == 3); });
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
    CHECK(said.find("assert_test.cpp:") != std::string::npos);
    CHECK(said.find("assertion failed: 1 + 1 == 3\n") != std::string::npos);
}
