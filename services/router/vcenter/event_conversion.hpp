// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

#include "router/delivery/outbound_event.hpp"
#include "router/vcenter/vim_types.hpp"

namespace millrace::router {

/// Converts one event element of a page into the CloudEvent of format veba-0.8 (research: VEBA
/// 0.8's contract): type com.vmware.vsphere.<Class|eventTypeId>.v0, id = key, time = createdTime,
/// JSON data in govmomi's shape; additive: subject = class, extensions vmname, hostname,
/// clustername, datacentername, username and `partitionkey`, the CloudEvents partitioning
/// extension: the moref of the entity the event is about. Unknown classes are converted by their
/// form. Errors: none; a missing key or time reads as 0.
OutboundEvent to_outbound_event(
    pugi::xml_node event, VimTypes const& types, EventFormat const& format);

}  // namespace millrace::router
