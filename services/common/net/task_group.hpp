// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/net/task.hpp"

namespace millrace {

/// Owns spawned tasks: each has an owner, and stopping waits for all. One executor, one thread.
/// stop() must have finished before destruction, unless the io_context itself runs no more.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    TaskGroup(TaskGroup const&) = delete;
    TaskGroup& operator=(TaskGroup const&) = delete;

    /// Starts `task` now. An exception that leaves it is logged with `name` and ends that task
    /// only. After stop() the task is dropped unstarted.
    void spawn(std::string name, Task<void> task);

    /// As spawn, for a task without which the process only looks healthy (a watch, a session): an
    /// exception that leaves it ends the process with exit code 70 (sysexits' EX_SOFTWARE), so that
    /// what supervises it starts it anew.
    void spawn_essential(std::string name, Task<void> task);

    std::size_t size() const;

    /// Cancels what every task waits for (the wait ends with `canceled`, and a task that then
    /// awaits another task is unwound), and returns when all have ended. Tasks still there after
    /// `patience` are logged by name and waited for further.
    Task<void> stop(nanoseconds patience = 5s);

private:
    struct State;
    enum class Kind { ordinary, essential };
    void start(std::string name, Task<void> task, Kind kind);

    std::shared_ptr<State> state_;
};

}  // namespace millrace
