// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "broker/control/catalog.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/task_group.hpp"

namespace millrace::broker {

/// Watches Brokers, Triggers and Services in the store, tells what follows from them and writes
/// their statuses, only where they change.
class Controller {
public:
    /// Called on the io thread after each change, once everything has been seen for the first time.
    using Changed = std::function<void(Catalog const&)>;

    /// `store` outlives it.
    Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed);

    void start(std::string base_url);
    /// All three kinds have been listed once.
    bool is_synced() const { return waiting_for_.empty(); }
    Task<void> stop();

private:
    Task<void> follow(ResourceKind const& kind);
    void take(ResourceKind const& kind, WatchEvent event);
    void change();
    Task<void> write_statuses();
    Task<void> write_changed();

    asio::any_io_executor executor_;
    ResourceStore& store_;
    Changed changed_;
    Catalog catalog_;
    std::set<std::string> waiting_for_;
    bool is_dirty_ = false;  ///< statuses may have to be written
    asio::steady_timer dirty_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
