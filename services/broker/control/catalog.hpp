// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/control/address_book.hpp"
#include "broker/control/broker_defaults.hpp"
#include "broker/control/object_specs.hpp"
#include "broker/control/reference_index.hpp"
#include "common/base/shared_text.hpp"

namespace millrace::broker {

/// A Broker of ours, as far as its object goes.
struct BrokerRoute {
    std::string broker;  ///< "namespace/name"
    std::string url;     ///< where its events are posted to
    DeliverySpec delivery;
    std::string fault;  ///< why it takes no events; empty: it does
    std::optional<Result<Address>> dead_letter;
};

/// A Trigger, as far as its object and those it refers to go.
struct TriggerRoute {
    std::string trigger;  ///< "namespace/name"
    std::string uid;      ///< of the object; empty where the store gives none
    std::string broker;   ///< "namespace/name"
    bool broker_exists = false;
    bool broker_ready = false;
    Filter filter;
    SharedText filter_text;  ///< as in TriggerSpec
    /// Why it matches nothing: an invalid filter, subscriber or delivery, no such broker.
    std::string fault;
    std::string spec_fault;  ///< the part of it that the Trigger itself is the cause of
    RetryPolicy retry;
    ContentMode format = ContentMode::binary;  ///< how events are sent
    /// The object that events go to; both empty where the subscriber is an address alone.
    std::string subscriber_kind;
    std::string subscriber_name;
    Result<std::string> subscriber_url = std::string();
    /// What is trusted there beside the system's, in PEM; nullptr, as with most: nothing.
    std::shared_ptr<std::string const> subscriber_authorities;
    /// Of thousands few have one.
    std::shared_ptr<Result<std::string> const> dead_letter_url;
    std::shared_ptr<std::string const> dead_letter_authorities;
    /// DependencyReady where it is not simply "True", as with most; shown and nothing else: events
    /// are delivered all the same.
    std::shared_ptr<Condition const> dependency;

    /// The name of the function that events go to; empty where it is none.
    std::string_view function() const {
        return subscriber_kind == kinds::service.kind ? std::string_view(subscriber_name) : "";
    }
};
using TriggerRouteRef = std::shared_ptr<TriggerRoute const>;

/// What the watch of a kind has said.
struct WatchStanding {
    bool has_told_all = false;
    /// What stands in its way now. `not_found`: the store does not serve the kind.
    std::optional<Error> problem;

    bool operator==(WatchStanding const& other) const;
};

/// The Brokers, Triggers and what they refer to, and what follows from them. Pure: fed by the
/// watches of the controller, asked for routes and for the status each object should show. A change
/// of one object costs the reading of that one and of those that refer to it.
class Catalog {
public:
    /// `base_url` is where Brokers are reached ("http://127.0.0.1:8080").
    void set_base_url(std::string url) { base_url_ = std::move(url); }
    /// The class of Brokers without one where BrokerDefaults say none; empty: such a Broker is
    /// nobody's.
    void set_fallback_class(std::string name) { fallback_class_ = std::move(name); }
    /// What holds for Brokers that do not say it. False: nothing follows from it.
    bool set_defaults(BrokerDefaults defaults);

    /// False: nothing follows from the change (only its status is another). Kinds other than Broker
    /// and Trigger are those of referred_kinds().
    bool put(KindWords const& kind, Resource resource);
    void remove(KindWords const& kind, ResourceName const& name);
    /// The object is there and cannot be read. One that could be read before stays in force as it
    /// was: a typing error must not stop deliveries.
    void put_unreadable(KindWords const& kind, ResourceName const& name, Faults const& faults);

    /// The kinds to be followed beside Broker and Trigger: something refers to their objects.
    std::set<KindWords> referred_kinds() const;
    /// What the watch of the kind says. False: nothing follows from it.
    bool set_standing(KindWords const& kind, WatchStanding standing);
    /// The kind is not followed any more.
    void forget_kind(KindWords const& kind);
    std::map<KindWords, WatchStanding> const& standings() const { return standings_; }
    /// Why nothing can be put in force yet; empty: it can. Brokers and Triggers have to be told
    /// whole. Of every other kind one word is enough, be it what stands in the way: one that is not
    /// served (yet) must not stop the others' events.
    std::string unknown_yet() const;

    /// Brokers of the class "Millrace", by their annotation or by default.
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
        std::string const* broker = nullptr;  ///< "namespace/name", of triggers_of_
        TriggerRouteRef route;                ///< nullptr: to be made anew
    };
    struct ByName {
        bool operator()(ResourceName const* one, ResourceName const* other) const {
            return *one < *other;
        }
    };
    bool put_broker(Resource resource);
    bool put_trigger(Resource resource);
    void refer(ResourceName const& name, Resource const& broker);
    using Triggers = std::map<ResourceName, TriggerEntry>;
    void set_broker(Triggers::value_type& trigger, std::string broker);
    /// Something changed that these are made of; those made of them go with them.
    void forget_broker(ResourceName const& name);
    void forget_trigger(ResourceName const& name);
    /// False: there are none.
    bool forget_users(ObjectReference const& reference);

    std::string class_of(Resource const& broker) const;
    bool is_ours(Resource const& broker) const;
    Checked<DeliverySpec> delivery_of(Resource const& broker) const;
    BrokerRoute route_of(Resource const& broker) const;
    TriggerRouteRef route_of(TriggerEntry const& entry, BrokerRoute const* broker) const;
    Result<Address> address_of(ObjectReference const& reference) const;
    Result<Address> broker_address(ObjectReference const& reference) const;
    /// Why nothing is known of an object that no watch has told of.
    Error absence_of(ObjectReference const& reference) const;
    Condition readiness_of(Checked<ObjectReference> const& dependency) const;
    std::string broker_url(ResourceName const& name) const;

    std::string base_url_;
    std::string fallback_class_;
    BrokerDefaults defaults_;
    std::map<ResourceName, Resource> brokers_;
    Triggers triggers_;
    /// Names of triggers_, by broker; none is empty. The names of thousands need not be there
    /// twice.
    std::map<std::string, std::set<ResourceName const*, ByName>> triggers_of_;
    AddressBook addresses_;
    ReferenceIndex broker_references_;
    ReferenceIndex trigger_references_;
    std::map<KindWords, WatchStanding> standings_;
    std::map<std::string, std::string> unreadable_;
    std::set<ResourceName> unchecked_brokers_;
    std::set<ResourceName> unchecked_triggers_;
};

}  // namespace millrace::broker
