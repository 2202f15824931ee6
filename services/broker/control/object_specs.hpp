// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "broker/control/delivery_spec.hpp"
#include "common/event/filter.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// The class of Brokers that we serve.
inline constexpr std::string_view our_class = "Millrace";

/// The annotation eventing.knative.dev/broker.class; empty: none.
std::string broker_class(Resource const& broker);

/// What a Broker object says, whatever other objects there are. `default_delivery`: its
/// spec.delivery where it has none; nullptr: Knative's own.
Checked<DeliverySpec> read_broker(Resource const& broker, Json const* default_delivery);

/// The Broker that a Trigger is of, as "namespace/name": spec.brokerRef, in any namespace, else
/// spec.broker in its own.
std::string broker_of(Resource const& trigger);

/// What a Trigger object says, whatever other objects there are. A part that has a fault is empty.
struct TriggerSpec {
    std::string broker;  ///< "namespace/name"
    Filter filter;
    std::string filter_text;  ///< the members filter and filters, as JSON
    Destination subscriber;
    /// Annotation knative.dev/dependency: an object, of the Trigger's namespace, whose condition
    /// Ready the Trigger shows as its own DependencyReady.
    std::optional<Checked<ObjectReference>> dependency;
    Faults faults;  ///< of all parts but the dependency
};
TriggerSpec read_trigger(Resource const& trigger);
/// All that the functions here read of a Trigger, and no more.
Json read_part(Resource const& trigger);
/// The objects it refers to beside its Broker, as far as they can be read.
std::set<ObjectReference> trigger_references(Resource const& trigger);
/// What it says of deliveries. `fallback`: what its Broker says of them.
Checked<DeliverySpec> read_trigger_delivery(Resource const& trigger, DeliverySpec const& fallback);

}  // namespace millrace::broker
