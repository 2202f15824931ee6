// SPDX-License-Identifier: Apache-2.0
#include "router/outbound_event.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/encoding.hpp"
#include "common/event/http_binding.hpp"
#include "router/event_json.hpp"
#include "router/xml.hpp"

namespace millrace::router {
namespace {

/// The parts of Event that become attributes, found in one walk over the children.
struct EventParts {
    std::string_view key;
    std::string_view created_time;
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

EventParts find_parts(pugi::xml_node event) {
    EventParts parts;
    for (pugi::xml_node node = event.first_child(); node; node = node.next_sibling()) {
        std::string_view const name = local_name(node.name());
        if (name == "key")
            parts.key = node.child_value();
        else if (name == "createdTime")
            parts.created_time = node.child_value();
        else if (name == "userName")
            parts.user_name = node.child_value();
        else if (name == "eventTypeId")
            parts.event_type_id = node.child_value();
        else if (name == "datacenter")
            parts.datacenter = node;
        else if (name == "computeResource")
            parts.compute_resource = node;
        else if (name == "host")
            parts.host = node;
        else if (name == "vm")
            parts.vm = node;
        else if (name == "ds")
            parts.datastore = node;
        else if (name == "net")
            parts.network = node;
        else if (name == "dvs")
            parts.switch_node = node;
        else if (name == "managedObject")
            parts.managed_object = node;
    }
    return parts;
}

/// The reference inside an event argument, e.g. the moref of <vm><name/><vm type="...">vm-57</vm>.
std::string_view argument_reference(pugi::xml_node argument) {
    for (pugi::xml_node node = argument.first_child(); node; node = node.next_sibling())
        if (node.attribute("type"))
            return node.child_value();
    return {};
}

/// The most specific entity the event is about; logins have none: they are ordered by user.
std::string_view entity_of(EventParts const& parts) {
    for (pugi::xml_node const argument :
         {parts.vm, parts.host, parts.datastore, parts.switch_node, parts.network,
          parts.compute_resource, parts.datacenter})
        if (std::string_view const reference = argument_reference(argument); !reference.empty())
            return reference;
    if (parts.managed_object)
        return parts.managed_object.child_value();
    return parts.user_name;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// CloudEvents 1.0, "Type System", forbids control characters in attributes, and a sink refuses the
/// whole event for one; names in vCenter can hold tabs and line ends. The data keeps the name as it
/// is.
void append_attribute(std::string& to, std::string_view value) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD in UTF-8
    if (std::ranges::none_of(value, is_control)) {
        append_header_value(to, value);
        return;
    }
    std::string clean;
    for (char const c : value) {
        if (is_control(c))
            clean += replacement;
        else
            clean += c;
    }
    append_header_value(to, clean);
}

class HeaderWriter {
public:
    explicit HeaderWriter(std::string& to) : to_(to) {}

    void add(std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        to_ += name;
        append_attribute(to_, value);
        to_ += "\r\n";
    }
    void add_type(std::string_view name) {
        to_ += "ce-type: com.vmware.vsphere.";
        append_attribute(to_, name);
        to_ += ".v0\r\n";
    }

private:
    std::string& to_;
};

std::string_view event_class_of(VimType const* type, std::string_view name) {
    if (name == "EventEx" || (type != nullptr && type->derives_from("EventEx")))
        return "eventex";
    if (name == "ExtendedEvent" || (type != nullptr && type->derives_from("ExtendedEvent")))
        return "extendedevent";
    return "event";
}

}  // namespace

OutboundEvent to_outbound_event(
    pugi::xml_node event, VimTypes const& types, EventFormat const& format) {
    OutboundEvent outbound;
    EventParts const parts = find_parts(event);
    std::string_view class_name = xsi_type(event);
    if (class_name.empty())
        class_name = "Event";
    VimType const* const type = types.find(class_name);
    std::from_chars(parts.key.data(), parts.key.data() + parts.key.size(), outbound.key);
    outbound.created = parse_rfc3339(parts.created_time).value_or(SystemTime());
    std::string_view const entity = entity_of(parts);
    outbound.entity = fnv1a(entity);
    std::string_view const event_class = event_class_of(type, class_name);
    bool const named_by_id = event_class != "event" && !parts.event_type_id.empty();

    std::string body;
    body.reserve(1024);
    append_event_json(body, types, type, event);
    std::string& message = outbound.message;
    message.reserve(format.request_head.size() + 640 + body.size());
    message += format.request_head;
    HeaderWriter header(message);
    header.add("ce-id: ", parts.key);
    header.add("ce-source: ", format.source);
    header.add_type(named_by_id ? parts.event_type_id : class_name);
    header.add("ce-time: ", format_rfc3339(outbound.created));
    header.add("ce-subject: ", class_name);
    header.add("ce-eventclass: ", event_class);
    header.add("ce-vsphereapiversion: ", format.api_version);
    header.add("ce-partitionkey: ", entity);
    header.add("ce-vmname: ", child_text(parts.vm, "name"));
    header.add("ce-hostname: ", child_text(parts.host, "name"));
    header.add("ce-clustername: ", child_text(parts.compute_resource, "name"));
    header.add("ce-datacentername: ", child_text(parts.datacenter, "name"));
    header.add("ce-username: ", parts.user_name);
    message += "ce-specversion: 1.0\r\nContent-Type: application/json\r\nContent-Length: ";
    message += std::to_string(body.size());
    message += "\r\n\r\n";
    outbound.header_bytes = static_cast<std::uint32_t>(message.size());
    message += body;
    return outbound;
}

}  // namespace millrace::router
