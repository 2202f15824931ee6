// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/control/catalog.hpp"

namespace millrace::broker {

/// What a Broker's status shall be: conditions, observedGeneration, address.url,
/// deadLetterSinkUri and its CACerts. Times of conditions that did not change are kept. Pure.
Json broker_status(Resource const& broker, BrokerRoute const& route);

/// What a Trigger's status shall be: conditions, observedGeneration, subscriberUri and
/// deadLetterSinkUri, each with its CACerts.
Json trigger_status(Resource const& trigger, TriggerRoute const& route);

}  // namespace millrace::broker
