// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "broker/control/catalog.hpp"
#include "common/kube/reconciler.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"

namespace millrace::broker {

/// Watches Brokers, Triggers and Services in the store, tells what follows from them and writes
/// their statuses, only where they change. Many changes at once are one.
class Controller {
public:
    /// Called on the io thread after changes, once everything has been seen for the first time.
    using Changed = std::function<void(Catalog&)>;

    /// `store` outlives it.
    Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed);

    void start(std::string base_url);
    /// All three kinds have been listed once, and what follows from them is in force.
    bool is_synced() const { return is_in_force_; }
    Catalog const& catalog() const { return catalog_; }
    Task<void> stop();

private:
    Task<void> follow(ResourceKind const& kind);
    void take(ResourceKind const& kind, WatchEvent event);
    Task<void> put_in_force();
    void check_statuses();
    Task<Result<Reconciler::InLine>> write_status(ResourceKind const& kind, ResourceName name);

    ResourceStore& store_;
    Changed changed_;
    Catalog catalog_;
    std::set<std::string> waiting_for_;
    bool is_in_force_ = false;
    bool is_changed_ = false;  ///< something follows that is not in force yet
    AsyncSignal changes_;
    Reconciler broker_statuses_;
    Reconciler trigger_statuses_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
