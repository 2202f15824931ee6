// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>

#include "simulator/events/event_filter.hpp"
#include "simulator/world/soap_codec.hpp"

namespace millrace::simulator {

/// Most events a page can have, and most a call can ask for.
inline constexpr std::int64_t page_size_max = 1'000;

/// Reads an EventFilterSpec. Errors: InvalidArgument naming the field, ManagedObjectNotFound for
/// an unknown entity, NotSupported for criteria the simulator does not know (alarm, category, tag,
/// scheduledTask): better refused than silently not applied.
std::expected<EventFilter, SoapFault> parse_event_filter(
    pugi::xml_node spec, Inventory const& inventory);

/// Reads the `eventToPost` of PostEvent: class by xsi:type, the objects it names, its message, all
/// other fields as they are. Errors: InvalidArgument without a class.
std::expected<EventDraft, SoapFault> parse_posted_event(pugi::xml_node event);

}  // namespace millrace::simulator
