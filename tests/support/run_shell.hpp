// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "common/base/file.hpp"
#include "common/process/spawn.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {

struct Ended {
    std::string output;
    std::string status;  ///< in words
};

/// Runs a shell command line to its end; its output and error are one text.
inline Ended run_shell(std::string const& line, ChildCommand command = {}) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    FileDescriptor const from(ends[0]);
    FileDescriptor to(ends[1]);
    FileDescriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    command.arguments = {"/bin/sh", "-c", line};
    command.descriptors = {null.get(), to.get(), to.get()};
    auto const pid = spawn_child(command);
    REQUIRE(pid);
    to.close();
    Ended ended;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(from.get(), piece.data(), piece.size())) > 0;)
        ended.output.append(piece.data(), static_cast<std::size_t>(got));
    int status = 0;
    REQUIRE(::waitpid(*pid, &status, 0) == *pid);
    ended.status = describe_wait_status(status);
    return ended;
}

}  // namespace millrace::test
