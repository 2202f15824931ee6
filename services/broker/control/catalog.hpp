// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/control/object_specs.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// A Broker of ours, as far as its object goes.
struct BrokerRoute {
    std::string broker;  ///< "namespace/name"
    std::string url;     ///< where its events are posted to
    DeliverySpec delivery;
    std::string fault;  ///< why it takes no events; empty: it does
    std::optional<Result<std::string>> dead_letter_url;
};

/// A Trigger, as far as its object and those it refers to go.
struct TriggerRoute {
    std::string trigger;  ///< "namespace/name"
    std::string broker;   ///< "namespace/name"
    bool broker_ready = false;
    Filter filter;
    /// Why it matches nothing: an invalid filter, subscriber or delivery, no such broker.
    std::string fault;
    RetryPolicy retry;
    Destination subscriber;
    Result<std::string> subscriber_url = std::string();
    std::optional<Result<std::string>> dead_letter_url;
};

/// The Brokers, Triggers and Services there are, and what follows from them. Pure: fed by the
/// watches of the controller, asked for routes and for the status each object should show.
class Catalog {
public:
    /// `base_url` is where this process listens ("http://127.0.0.1:8080").
    void set_base_url(std::string url) { base_url_ = std::move(url); }
    /// Pre: kind is Broker, Trigger or (serving) Service.
    void put(ResourceKind const& kind, Resource resource);
    void remove(ResourceKind const& kind, ResourceName const& name);

    /// Brokers with annotation eventing.knative.dev/broker.class "Millrace" or none.
    std::vector<BrokerRoute> brokers() const;
    /// Triggers of our brokers, and those whose broker does not exist.
    std::vector<TriggerRoute> triggers() const;

    struct WantedStatus {
        ResourceKind const* kind = nullptr;
        ResourceName name;
        Json status;
    };
    /// The statuses that differ from what the objects show now (control-plane.md of the Knative
    /// Eventing specification).
    std::vector<WantedStatus> changed_statuses() const;

private:
    using Objects = std::map<ResourceName, Resource>;
    Objects& objects_of(ResourceKind const& kind);
    BrokerRoute route_of(Resource const& broker) const;
    TriggerRoute trigger_route(Resource const& trigger, BrokerRoute const* broker) const;
    Result<std::string> address_of(ObjectReference const& reference) const;
    std::string broker_url(ResourceName const& name) const;

    std::string base_url_;
    Objects brokers_;
    Objects triggers_;
    Objects services_;
};

}  // namespace millrace::broker
