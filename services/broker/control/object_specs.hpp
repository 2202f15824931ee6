// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/control/delivery_spec.hpp"
#include "common/event/filter.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// Whether a Broker object is for this class: annotation eventing.knative.dev/broker.class is
/// "Millrace", or absent.
bool is_ours(Resource const& broker);

/// What a Broker object says, whatever other objects there are.
Checked<DeliverySpec> read_broker(Resource const& broker);

/// The Broker that a Trigger is of, as "namespace/name".
std::string broker_of(Resource const& trigger);

/// What a Trigger object says, whatever other objects there are. A part that has a fault is empty.
struct TriggerSpec {
    std::string broker;  ///< "namespace/name"
    Filter filter;
    std::string filter_text;  ///< the members filter and filters, as JSON
    Destination subscriber;
    Faults faults;  ///< of all parts
};
TriggerSpec read_trigger(Resource const& trigger);
/// What it says of deliveries. `fallback`: what its Broker says of them.
Checked<DeliverySpec> read_trigger_delivery(Resource const& trigger, DeliverySpec const& fallback);

}  // namespace millrace::broker
