// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>
#include <string>
#include <vector>

#include "common/base/file.hpp"
#include "common/net/task.hpp"

namespace millrace::runner {

struct WorkerCommand {
    std::vector<std::string> arguments;              ///< the program first
    std::map<std::string, std::string> environment;  ///< all of it: nothing is inherited
    std::string folder;                              ///< working directory
    std::size_t memory_bytes_max = 1UL << 30;        ///< RLIMIT_DATA
};

/// A child in a session of its own with pipes to talk (its descriptors 3 and 4) and to listen to
/// what it prints (1 and 2). It dies with us (PR_SET_PDEATHSIG), its resources are limited, and
/// killing it kills what it has started.
class WorkerProcess {
public:
    /// Errors: `unavailable` with the system's reason.
    static Result<WorkerProcess> start(
        asio::any_io_executor executor, WorkerCommand const& command);

    WorkerProcess(WorkerProcess&&) = default;
    WorkerProcess& operator=(WorkerProcess&&) = delete;
    ~WorkerProcess();

    /// Sends SIGKILL to the whole session. Safe to call twice.
    void kill();
    /// Waits for the end and reaps; the wait status as of waitpid.
    Task<int> wait();
    pid_t pid() const { return pid_; }

    asio::posix::stream_descriptor requests;
    asio::posix::stream_descriptor answers;
    asio::posix::stream_descriptor output;
    asio::posix::stream_descriptor errors;

private:
    WorkerProcess(
        asio::any_io_executor const& executor, pid_t pid, std::vector<FileDescriptor> ours);

    asio::posix::stream_descriptor ended_;  ///< pidfd
    pid_t pid_ = -1;
    bool reaped_ = false;
};

/// Descendants of workers whose parents have ended become our children (call once at start)...
void become_subreaper();
/// ...and are killed by this: every child of ours that is no worker.
void kill_orphans();

/// "ended with status 1", "was killed by signal 9": for a log line.
std::string describe_wait_status(int status);

}  // namespace millrace::runner
