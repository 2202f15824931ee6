// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "common/net/task.hpp"

namespace millrace::cli {

/// A service started by us. Its output goes to a log file; it gets SIGTERM if we die.
class ChildProcess {
public:
    /// Errors: `unavailable` with the system's reason.
    static Result<ChildProcess> start(
        asio::any_io_executor executor, std::vector<std::string> arguments,
        std::filesystem::path const& log_file);

    ChildProcess(ChildProcess&&) = default;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits for its end, reaps it and says how it ended ("ended with status 2").
    Task<std::string> wait();

private:
    ChildProcess(asio::any_io_executor const& executor, pid_t pid);

    asio::posix::stream_descriptor ended_;  ///< pidfd
    pid_t pid_ = -1;
    bool reaped_ = false;
    int status_ = 0;
};

}  // namespace millrace::cli
