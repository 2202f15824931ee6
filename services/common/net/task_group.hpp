// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <string>

#include "common/net/task.hpp"

namespace millrace {

/// Owns spawned tasks: each has an owner, and stopping waits for all. One executor, one thread.
/// Must outlive nothing it runs: stop() before destruction, asserted.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    ~TaskGroup();
    TaskGroup(TaskGroup const&) = delete;
    TaskGroup& operator=(TaskGroup const&) = delete;

    /// Starts `task` now. An exception that leaves it is logged with `name` and ends that task only.
    /// After stop() the task is dropped unstarted.
    void spawn(std::string name, Task<void> task);

    std::size_t size() const;

    /// Asks every task to end (cancellation type total), waits up to `grace`, then insists
    /// (terminal) and waits for the rest. Afterwards the group is empty.
    Task<void> stop(nanoseconds grace);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace millrace
