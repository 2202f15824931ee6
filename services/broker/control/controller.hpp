// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/control/catalog.hpp"
#include "broker/control/kind_watches.hpp"
#include "common/kube/events/event_recorder.hpp"
#include "common/kube/reconciler.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"

namespace millrace::broker {

struct ControllerOptions {
    /// Where Brokers are reached: "http://127.0.0.1:8080".
    std::string base_url;
    /// The ConfigMap that BrokerDefaults are read from.
    ResourceName defaults{"knative-eventing", "config-br-defaults"};
    /// The class of Brokers that neither they nor the ConfigMap name; empty: such are nobody's.
    std::string fallback_class{our_class};
    /// Whether Events are written to the store; else they are logged alone.
    bool keeps_events = false;
};

/// Watches Brokers, Triggers, their defaults and what they refer to in the store, tells what
/// follows from them and writes their statuses, only where they change. Many changes at once are
/// one.
class Controller {
public:
    /// Called on the io thread after changes, once everything has been seen for the first time.
    using Changed = std::function<void(Catalog&)>;

    /// `store` outlives it.
    Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed);

    void start(ControllerOptions options);
    /// Everything has been told once (Catalog::unknown_yet), and what follows from it is in force.
    bool is_synced() const { return is_in_force_; }
    /// Why nothing is in force yet; empty: it is.
    std::string not_synced_reason() const;
    /// What stands in the way of the defaults; empty: nothing. Those before it stay in force.
    std::string const& defaults_problem() const { return defaults_problem_; }
    Catalog const& catalog() const { return catalog_; }
    Task<void> stop();

private:
    void take(KindWords const& kind, WatchEvent event);
    void take_hindrance(KindWords const& kind, std::optional<Error> problem);
    bool put(KindWords const& kind, Resource resource);
    bool put_defaults(Resource const& config_map);
    void note_change(bool is_changed);
    Task<void> put_in_force();
    void check_statuses();
    void tell_readiness(ResourceKind const& kind, Resource const& object, Json const& status);
    Task<Result<Reconciler::InLine>> write_status(ResourceKind const& kind, ResourceName name);

    ResourceStore& store_;
    Changed changed_;
    WatchNews news_;
    Catalog catalog_;
    std::string defaults_problem_;
    bool is_in_force_ = false;
    bool is_changed_ = true;  ///< something follows that is not in force yet
    AsyncSignal changes_;
    EventRecorder events_;
    KindWatches referred_;
    Reconciler broker_statuses_;
    Reconciler trigger_statuses_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
