// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/net/task.hpp"
#include "common/process/spawn.hpp"

namespace millrace {

/// A child that we started, owned: destruction kills it with all it started and reaps it. One
/// thread.
class ChildProcess {
public:
    /// Errors: those of spawn_child.
    static Result<ChildProcess> start(asio::any_io_executor executor, ChildCommand const& command);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    bool has_ended() const { return reaped_; }
    /// Nothing once it has been reaped: the number may be another's by then.
    void signal(int number) const;
    /// SIGKILL to it and to its session or group. Safe to call at any time, and twice.
    void kill_tree() const;
    /// Waits for its end, reaps it, kills what it left in its session, and returns its status as
    /// waitpid gives it. Any number of callers. -1 when the wait was cancelled.
    Task<int> wait();

private:
    ChildProcess(asio::any_io_executor const& executor, pid_t pid, int pidfd);

    asio::posix::stream_descriptor ended_;
    pid_t pid_ = -1;
    bool reaped_ = false;
    int status_ = -1;
};

/// From now on descendants of our children whose parents have ended become our children.
void become_subreaper();
/// Kills and reaps those: every child of ours that no ChildProcess owns. Pre: all our children are
/// started by ChildProcess.
void kill_orphans();

}  // namespace millrace
