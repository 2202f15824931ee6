// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// What `code` writes to the standard error, of which this process has only one.
template <class Code>
std::string logged(log::Level least, log::Format format, Code code) {
    TemporaryFolder const folder;
    auto const path = folder.path() / "log";
    FileDescriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    FileDescriptor const before(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    REQUIRE(::dup2(file.get(), STDERR_FILENO) == STDERR_FILENO);
    log::configure("router", least, format);
    code();
    log::configure("test", log::Level::info, log::Format::text);
    REQUIRE(::dup2(before.get(), STDERR_FILENO) == STDERR_FILENO);
    return read_file(path, 1 << 20).value();
}

}  // namespace millrace::test
