// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/resource.hpp"

namespace millrace {

/// What is wrong with a Broker of ours or a Trigger in itself, whatever other objects there are:
/// filter, subscriber, delivery.
Faults broker_faults(Resource const& broker);
Faults trigger_faults(Resource const& trigger);

}  // namespace millrace
