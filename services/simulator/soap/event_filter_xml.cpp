// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/event_filter_xml.hpp"

#include <algorithm>
#include <array>

#include "simulator/properties/property_spec.hpp"
#include "simulator/soap/soap_call.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

/// Event's own fields, which the server sets or which have a place of their own in a draft.
constexpr std::array<std::string_view, 12> base_fields = {
    "key",  "chainId", "createdTime", "userName", "datacenter",           "computeResource",
    "host", "vm",      "ds",          "net",      "fullFormattedMessage", "changeTag"};

constexpr std::array<std::string_view, 5> unsupported = {
    "alarm", "scheduledTask", "category", "tag", "auditable"};

SoapOutcome parse_time(
    pugi::xml_node time, std::string_view name, std::optional<SystemTime>& into) {
    auto const text = child_text(time, name);
    if (text.empty())
        return {};
    auto const parsed = parse_rfc3339(text);
    if (!parsed)
        return invalid_argument("filter.time." + std::string(name));
    into = *parsed;
    return {};
}

SoapOutcome parse_entity(pugi::xml_node node, Inventory const& inventory, EventFilter& filter) {
    if (!node)
        return {};
    auto const object = reference_of(child(node, "entity"));
    if (!inventory.find(object.value))
        return std::unexpected(object_not_found(object));
    auto const word = child_text(node, "recursion");
    auto recursion = EventFilter::Recursion::all;
    if (word == "self")
        recursion = EventFilter::Recursion::self;
    if (word == "children")
        recursion = EventFilter::Recursion::children;
    if (word != "self" && word != "children" && word != "all") {
        return invalid_argument("filter.entity.recursion");
    }
    filter.entity = EventFilter::Entity{object.value, recursion};
    return {};
}

void parse_users(pugi::xml_node node, EventFilter& filter) {
    if (!node)
        return;
    filter.has_user_filter = true;
    filter.system_user = child_bool(node, "systemUser", false);
    for (auto const user : children(node, "userList"))
        filter.users.emplace(user.text().get());
}

NamedReference parse_argument(
    pugi::xml_node event, std::string_view field, std::string_view inner) {
    auto const node = child(event, field);
    if (!node)
        return {};
    return {reference_of(child(node, inner)), child_text(node, "name")};
}

}  // namespace

std::expected<EventFilter, SoapFault> parse_event_filter(
    pugi::xml_node spec, Inventory const& inventory) {
    EventFilter filter;
    for (auto const name : unsupported) {
        if (child(spec, name)) {
            return std::unexpected(SoapFault{
                "NotSupported", "The simulator cannot filter by " + std::string(name) + "."});
        }
    }
    if (auto const done = parse_entity(child(spec, "entity"), inventory, filter); !done) {
        return std::unexpected(done.error());
    }
    auto const time = child(spec, "time");
    if (auto const done = parse_time(time, "beginTime", filter.begin); !done) {
        return std::unexpected(done.error());
    }
    if (auto const done = parse_time(time, "endTime", filter.end); !done) {
        return std::unexpected(done.error());
    }
    parse_users(child(spec, "userName"), filter);
    if (auto const chain = child_integer(spec, "eventChainId")) {
        filter.chain = static_cast<std::int32_t>(*chain);
    }
    for (auto const one : children(spec, "type"))
        filter.classes.emplace_back(one.text().get());
    for (auto const one : children(spec, "eventTypeId")) {
        filter.type_ids.emplace_back(one.text().get());
    }
    filter.with_message = !child_bool(spec, "disableFullMessage", false);
    if (auto const count = child_integer(spec, "maxCount")) {
        if (*count < 1 || *count > page_size_max)
            return invalid_argument("filter.maxCount");
        filter.latest_page_size = static_cast<int>(*count);
    }
    return filter;
}

std::expected<EventDraft, SoapFault> parse_posted_event(pugi::xml_node event) {
    EventDraft draft;
    draft.class_name = xsi_type(event);
    if (draft.class_name.empty())
        return invalid_argument("eventToPost");
    draft.context.datacenter = parse_argument(event, "datacenter", "datacenter");
    draft.context.compute_resource = parse_argument(event, "computeResource", "computeResource");
    draft.context.host = parse_argument(event, "host", "host");
    draft.context.vm = parse_argument(event, "vm", "vm");
    draft.context.datastore = parse_argument(event, "ds", "datastore");
    draft.context.network = parse_argument(event, "net", "network");
    draft.message = child_text(event, "fullFormattedMessage");
    if (draft.message.empty())
        draft.message = child_text(event, "message");
    if (is_event_class(draft.class_name, "EventEx") || draft.class_name == "ExtendedEvent") {
        draft.event_type_id = child_text(event, "eventTypeId");
        if (draft.event_type_id.empty())
            return invalid_argument("eventToPost.eventTypeId");
    }
    for (auto const node : event.children()) {
        bool const is_base = std::ranges::find(base_fields, local_name(node)) != base_fields.end();
        if (!is_base && node.type() == pugi::node_element) {
            append_normalized(draft.details_xml, node);
        }
    }
    return draft;
}

}  // namespace millrace::simulator
