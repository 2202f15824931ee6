// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <pugixml.hpp>

#include "router/delivery/outbound_event.hpp"
#include "router/vcenter/vim_types.hpp"

namespace millrace::router {

/// The parts of an event element that say what it is, found in one walk over its children. They
/// point into the element.
struct EventParts {
    std::optional<std::int32_t> key;    ///< nothing: the element has none that is one
    std::optional<SystemTime> created;  ///< the same
    std::string_view key_text;
    std::string_view user_name;
    std::string_view event_type_id;
    pugi::xml_node datacenter;
    pugi::xml_node compute_resource;
    pugi::xml_node host;
    pugi::xml_node vm;
    pugi::xml_node datastore;
    pugi::xml_node network;
    pugi::xml_node switch_node;
    pugi::xml_node managed_object;
};

EventParts find_parts(pugi::xml_node event);

/// Converts one event element of a page into the CloudEvent of format veba-0.8 (research: VEBA
/// 0.8's contract): type com.vmware.vsphere.<Class|eventTypeId>.v0, id = key, time = createdTime,
/// JSON data in govmomi's shape; additive: subject = class, extensions vmname, hostname,
/// clustername, datacentername, username and `partitionkey`, the CloudEvents partitioning
/// extension: the moref of the entity the event is about. Unknown classes are converted by their
/// form; of an event without a time the attribute is left out. Every text is valid UTF-8 without
/// control characters. Pre: parts.key.
OutboundEvent to_outbound_event(
    pugi::xml_node event, EventParts const& parts, VimTypes const& types,
    EventFormat const& format);

}  // namespace millrace::router
