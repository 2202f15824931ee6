// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/process/child_process.hpp"

namespace millrace::runner {

struct WorkerCommand {
    std::vector<std::string> arguments;         ///< the program first
    std::map<std::string, Secret> environment;  ///< all of it: nothing is inherited
    std::string folder;                         ///< working directory
    FileSandbox const* sandbox = nullptr;       ///< outlives the worker's start
    std::size_t memory_bytes_max = 1UL << 30;   ///< RLIMIT_DATA
};

/// A child in a session of its own with pipes to talk (its descriptors 3 and 4) and to listen to
/// what it prints (1 and 2). It dies with us, its resources are limited, and killing it kills what
/// it has started.
class WorkerProcess {
public:
    /// Errors: `unavailable` with the system's reason.
    static Result<WorkerProcess> start(
        asio::any_io_executor executor, WorkerCommand const& command);

    ChildProcess child;
    asio::posix::stream_descriptor requests;
    asio::posix::stream_descriptor answers;
    asio::posix::stream_descriptor output;
    asio::posix::stream_descriptor errors;

private:
    WorkerProcess(
        asio::any_io_executor const& executor, ChildProcess process,
        std::array<FileDescriptor, 4>& ours);
};

}  // namespace millrace::runner
