// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "broker/control/catalog.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"

namespace millrace::broker {

/// What is told of watches, on the io thread.
struct WatchNews {
    std::function<void(KindWords const&, WatchEvent)> changed;
    /// What stands in the way, now and at each further try; nothing: it does not any more.
    std::function<void(KindWords const&, std::optional<Error>)> hindered;
};

/// Follows one kind until its task is stopped. What stands in the way is told, logged once a
/// reason, and tried again after a pause: `store` does not serve the kind, refuses us, is away.
/// `store` and `news` outlive the task.
Task<void> follow_kind(
    ResourceStore& store, KindWords kind, Selector selector, WatchNews const& news);

/// Follows the kinds that something refers to, each only as long as something does. One thread.
class KindWatches {
public:
    /// `forgotten`: a kind is not followed any more; nothing is told of it after that.
    KindWatches(
        asio::any_io_executor executor, ResourceStore& store, WatchNews const& news,
        std::function<void(KindWords const&)> forgotten);

    /// From now on these.
    void follow(std::set<KindWords> kinds);
    /// Performs what follow() wants until its task is stopped.
    Task<void> run();
    /// Ends all watches; run() has been stopped before.
    Task<void> stop();

private:
    std::optional<KindWords> next_unwanted() const;

    asio::any_io_executor executor_;
    ResourceStore& store_;
    WatchNews const& news_;
    std::function<void(KindWords const&)> forgotten_;
    std::set<KindWords> wanted_;
    std::map<KindWords, std::unique_ptr<TaskGroup>> followed_;
    AsyncSignal changed_;
};

}  // namespace millrace::broker
