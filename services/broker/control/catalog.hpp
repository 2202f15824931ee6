// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
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
    std::string uid;      ///< of the object; empty where the store gives none
    std::string broker;   ///< "namespace/name"
    bool broker_ready = false;
    Filter filter;
    std::string filter_text;  ///< as in TriggerSpec
    /// Why it matches nothing: an invalid filter, subscriber or delivery, no such broker.
    std::string fault;
    RetryPolicy retry;
    /// The object that events go to; both empty where the subscriber is an address alone.
    std::string subscriber_kind;
    std::string subscriber_name;
    Result<std::string> subscriber_url = std::string();
    std::optional<Result<std::string>> dead_letter_url;

    /// The name of the function that events go to; empty where it is none.
    std::string_view function() const {
        return subscriber_kind == kinds::service.kind ? std::string_view(subscriber_name) : "";
    }
};
using TriggerRouteRef = std::shared_ptr<TriggerRoute const>;

/// The Brokers, Triggers and Services there are, and what follows from them. Pure: fed by the
/// watches of the controller, asked for routes and for the status each object should show. A change
/// of one Trigger costs the reading of that one.
class Catalog {
public:
    /// `base_url` is where this process listens ("http://127.0.0.1:8080").
    void set_base_url(std::string url) { base_url_ = std::move(url); }
    /// Pre: kind is Broker, Trigger or (serving) Service. False: nothing follows from the change
    /// (only its status is another).
    bool put(ResourceKind const& kind, Resource resource);
    void remove(ResourceKind const& kind, ResourceName const& name);
    /// The object is there and cannot be read. One that could be read before stays in force as it
    /// was: a typing error must not stop deliveries.
    void put_unreadable(ResourceKind const& kind, ResourceName const& name, Faults const& faults);

    /// Brokers with annotation eventing.knative.dev/broker.class "Millrace" or none.
    std::vector<BrokerRoute> brokers() const;
    /// Triggers of our brokers, and those whose broker does not exist.
    std::vector<TriggerRouteRef> triggers();
    /// Triggers that have never been readable since the start, with the reason: they are there, and
    /// what they have to deliver waits.
    std::map<std::string, std::string> const& unreadable_triggers() const { return unreadable_; }

    struct ObjectKey {
        ResourceKind const* kind = nullptr;
        ResourceName name;
    };
    /// An object of ours whose status may not be what it should be, told once a change; nothing:
    /// none is left.
    std::optional<ObjectKey> take_unchecked();
    /// The status the object should show (control-plane.md of the Knative Eventing specification),
    /// if it is not what it shows now. Statuses are not kept here: thousands of Triggers would be
    /// mostly that.
    std::optional<Json> wanted_status(ResourceKind const& kind, Resource const& object);

private:
    struct TriggerEntry {
        std::string object;         ///< what a route is made of, as text: rarely looked at
        std::uint64_t content = 0;  ///< hash of everything but what servers write
        std::string broker;         ///< "namespace/name"
        TriggerRouteRef route;      ///< nullptr: to be made anew
    };
    bool put_broker(Resource resource);
    bool put_trigger(Resource resource);
    bool put_service(Resource resource);
    /// Another object changed that any Trigger may refer to.
    void forget_routes();
    BrokerRoute route_of(Resource const& broker) const;
    TriggerRouteRef route_of(TriggerEntry const& entry, BrokerRoute const* broker) const;
    Result<std::string> address_of(ObjectReference const& reference) const;
    std::string broker_url(ResourceName const& name) const;

    std::string base_url_;
    std::map<ResourceName, Resource> brokers_;
    std::map<ResourceName, TriggerEntry> triggers_;
    /// Address of each function; empty: it has none yet. Nothing else of a Service matters here.
    std::map<ResourceName, std::string> services_;
    std::map<std::string, std::string> unreadable_;
    std::set<ResourceName> unchecked_brokers_;
    std::set<ResourceName> unchecked_triggers_;
};

}  // namespace millrace::broker
