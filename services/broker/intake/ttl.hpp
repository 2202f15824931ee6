// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/event/cloud_event.hpp"

namespace millrace::broker {

/// How often an event may still pass a broker: ends loops of functions that answer their own
/// replies. Knative's extension `knativebrokerttl` (knative/eventing pkg/broker/ttl.go): set to 255
/// at the ingress or decremented where it is there, never shown to subscribers, given back to
/// their replies.
inline constexpr int ttl_start = 255;
inline constexpr std::string_view ttl_attribute = "knativebrokerttl";

/// Takes the extension off `event` and returns what is left of it for this pass: 255 where it is
/// absent or no number; 0 or less: the event must be refused.
int take_ttl(CloudEvent& event);

}  // namespace millrace::broker
