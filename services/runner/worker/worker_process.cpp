// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/worker_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "common/process/thread_count.hpp"

namespace millrace::runner {
namespace {

constexpr rlim_t open_files_max = 1024;
constexpr rlim_t file_bytes_max = 256UL << 20;
/// Threads that a user's functions may add to what the user runs already. Room for what else the
/// user starts while the worker lives is in it: the kernel counts all of the user's (not root's).
constexpr rlim_t threads_added_max = 1024;

/// Both ends of the pipes to requests, answers, output and errors of a worker.
struct Pipes {
    std::array<FileDescriptor, 4> ours;
    std::array<FileDescriptor, 4> theirs;
};

Result<Pipes> make_pipes() {
    Pipes pipes;
    for (std::size_t i = 0; i < pipes.ours.size(); ++i) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return failure(ErrorCode::unavailable, storage_error("Cannot make a pipe").detail);
        FileDescriptor reading(ends[0]);
        FileDescriptor writing(ends[1]);
        bool const we_write = i == 0;
        pipes.ours.at(i) = std::move(we_write ? writing : reading);
        pipes.theirs.at(i) = std::move(we_write ? reading : writing);
    }
    return pipes;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(
    asio::any_io_executor executor, WorkerCommand const& command) {
    auto pipes = make_pipes();
    if (!pipes)
        return std::unexpected(pipes.error());
    FileDescriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    auto const& [requests, answers, output, errors] = pipes->theirs;
    ChildCommand child;
    child.arguments = command.arguments;
    child.environment = command.environment;
    child.folder = command.folder;
    child.descriptors = {null.get(), output.get(), errors.get(), requests.get(), answers.get()};
    child.own_session = true;
    child.limits = {
        .memory_bytes = command.memory_bytes_max,
        .open_files = open_files_max,
        .file_bytes = file_bytes_max,
        .threads_of_user = count_threads_of_user() + threads_added_max};
    child.sandbox = command.sandbox;
    auto started = ChildProcess::start(executor, child);
    if (!started)
        return std::unexpected(started.error());
    return WorkerProcess(executor, std::move(*started), pipes->ours);
}

WorkerProcess::WorkerProcess(
    asio::any_io_executor const& executor, ChildProcess process,
    std::array<FileDescriptor, 4>& ours)
    : child(std::move(process)),
      requests(executor, ours[0].release()),
      answers(executor, ours[1].release()),
      output(executor, ours[2].release()),
      errors(executor, ours[3].release()) {}

}  // namespace millrace::runner
