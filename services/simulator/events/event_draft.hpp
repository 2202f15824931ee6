// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "simulator/world/managed_reference.hpp"

namespace millrace::simulator {

/// The inventory objects an event speaks of; what does not apply is empty.
struct EventContext {
    NamedReference datacenter;
    NamedReference compute_resource;
    NamedReference host;
    NamedReference vm;
    NamedReference datastore;
    NamedReference network;
};

/// An event before the server has given it key, chain and time.
struct EventDraft {
    std::string class_name;     ///< "VmPoweredOnEvent"
    std::string event_type_id;  ///< of EventEx and ExtendedEvent; else empty
    std::string user_name;
    EventContext context;
    std::string message;      ///< fullFormattedMessage
    std::string details_xml;  ///< the elements of the subclasses, in their order, as XML
    std::int32_t chain = 0;   ///< key of the first event of the operation; 0: this is the first
};

/// The direct base of an event class among those the simulator knows; "Event" for any other.
std::string_view event_base_class(std::string_view class_name);
/// Whether `class_name` is `base` or derives from it.
bool is_event_class(std::string_view class_name, std::string_view base);

}  // namespace millrace::simulator
