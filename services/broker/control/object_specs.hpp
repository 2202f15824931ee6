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

/// What a Trigger object says, whatever other objects there are. A part that has a fault is empty.
struct TriggerSpec {
    Filter filter;
    Destination subscriber;
    DeliverySpec delivery;
    Faults faults;  ///< of all parts
};
/// `fallback`: what its Broker says of deliveries.
TriggerSpec read_trigger(Resource const& trigger, DeliverySpec const& fallback);

}  // namespace millrace::broker
