// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "common/kube/key_queue.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"

namespace millrace {

/// Brings objects in line with what is wanted, by name, as Kubernetes' controllers do: watches add
/// the names of what changed, each name is worked on by one task at a time, what failed is tried
/// again (KeyQueue). Nothing to do costs nothing. One thread.
class Reconciler {
public:
    /// It is in line. `after`: to be looked at again then, although nothing changed.
    struct InLine {
        std::optional<nanoseconds> after;
    };
    /// Looks at what is, does what is missing. An error: it is not in line, for this reason; logged
    /// once a reason. An object that is gone is one to be looked at, too: the last time.
    using Reconcile = std::function<Task<Result<InLine>>(ResourceName)>;

    struct Options {
        std::string name;                ///< for the log: "sources"
        std::size_t concurrent_max = 1;  ///< names worked on at a time
        KeyQueue::Pauses pauses = {};
    };
    Reconciler(asio::any_io_executor executor, Options options, Reconcile reconcile);

    void start();
    /// Something about it changed. May be called before start().
    void add(ResourceName const& name);
    /// Cancels what is under way and returns when all has ended.
    Task<void> stop();

private:
    Task<void> run();
    Task<void> work(ResourceName name);

    Options options_;
    Reconcile reconcile_;
    KeyQueue queue_;
    std::size_t working_ = 0;
    AsyncSignal changed_;
    TaskGroup tasks_;
};

}  // namespace millrace
