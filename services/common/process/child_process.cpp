// SPDX-License-Identifier: Apache-2.0
#include "common/process/child_process.hpp"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

namespace millrace {
namespace {

/// What of our children has an owner. One thread.
std::set<pid_t>& owned() {
    static std::set<pid_t> pids;
    return pids;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(
    asio::any_io_executor executor, ChildCommand const& command) {
    auto const pid = spawn_child(command);
    if (!pid)
        return std::unexpected(pid.error());
    int const pidfd = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
    if (pidfd < 0) {
        Error const error = storage_error("Cannot watch the process");
        ::kill(*pid, SIGKILL);
        ::waitpid(*pid, nullptr, 0);
        return failure(ErrorCode::unavailable, error.detail);
    }
    return ChildProcess(executor, *pid, pidfd);
}

ChildProcess::ChildProcess(asio::any_io_executor const& executor, pid_t pid, int pidfd)
    : ended_(executor, pidfd),
      pid_(pid) {
    owned().insert(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : ended_(std::move(other.ended_)),
      pid_(other.pid_),
      reaped_(std::exchange(other.reaped_, true)),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
    if (reaped_)
        return;
    kill_tree();
    ::waitpid(pid_, nullptr, 0);
    owned().erase(pid_);
}

void ChildProcess::signal(int number) const {
    if (!reaped_)
        ::kill(pid_, number);
}

void ChildProcess::kill_tree() const {
    if (reaped_)
        return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
}

Task<int> ChildProcess::wait() {
    while (!reaped_) {
        auto const [code] =
            co_await ended_.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (code)
            co_return -1;
        // Another waiter may have been first.
        if (reaped_ || ::waitpid(pid_, &status_, WNOHANG) != pid_)
            continue;
        reaped_ = true;
        owned().erase(pid_);
        ::kill(-pid_, SIGKILL);
    }
    co_return status_;
}

void become_subreaper() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void kill_orphans() {
    std::string const self = std::to_string(::getpid());
    std::ifstream children("/proc/self/task/" + self + "/children");
    pid_t child = 0;
    while (children >> child) {
        if (owned().contains(child))
            continue;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
}

}  // namespace millrace
