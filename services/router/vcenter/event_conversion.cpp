// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/event_conversion.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"
#include "common/event/http_binding.hpp"
#include "router/vcenter/event_json.hpp"
#include "router/vcenter/soap.hpp"
#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

/// Of most events' messages, so that they are allocated once.
constexpr std::size_t usual_bytes = 1536;

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

bool is_plain(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f;
}

/// Writes attributes as header lines or as members of a JSON object.
class AttributeWriter {
public:
    AttributeWriter(std::string& to, EventFormat const& format) : to_(to), format_(format) {
        for (auto const& [name, value] : format.overrides)
            write(name, value);
    }

    /// An empty value is an absent attribute.
    void add(std::string_view name, std::string_view value) {
        bool const is_overridden =
            !format_.overrides.empty() && format_.overrides.contains(std::string(name));
        if (value.empty() || is_overridden)
            return;
        write(name, value);
    }

private:
    void write(std::string_view name, std::string_view value) {
        // A sink refuses the whole event for one control character or byte that is no UTF-8; names
        // in vCenter can hold tabs, line ends and what an old client wrote in Latin-1. The data
        // keeps the control characters.
        bool const is_clean =
            value.size() <= attribute_bytes_max && std::ranges::all_of(value, is_plain);
        if (is_clean)
            write_clean(name, value);
        else
            write_clean(name, to_attribute_text(value));
    }

    void write_clean(std::string_view name, std::string_view value) {
        if (format_.encoding == EventEncoding::json) {
            to_ += '"';
            to_ += name;
            to_ += "\":";
            append_json_text(to_, value);
            to_ += ',';
        } else {
            to_ += "ce-";
            to_ += name;
            to_ += ": ";
            append_header_value(to_, value);
            to_ += "\r\n";
        }
    }

    std::string& to_;
    EventFormat const& format_;
};

std::string_view event_class_of(VimType const* type, std::string_view name) {
    if (name == "EventEx" || (type != nullptr && type->derives_from("EventEx")))
        return "eventex";
    if (name == "ExtendedEvent" || (type != nullptr && type->derives_from("ExtendedEvent")))
        return "extendedevent";
    return "event";
}

std::string type_attribute(std::string_view name) {
    std::string type = "com.vmware.vsphere.";
    type += name;
    type += ".v0";
    return type;
}

}  // namespace

EventParts find_parts(pugi::xml_node event) {
    EventParts parts;
    std::string_view created;
    for (pugi::xml_node node = event.first_child(); node; node = node.next_sibling()) {
        std::string_view const name = local_name(node.name());
        if (name == "key")
            parts.key_text = node.child_value();
        else if (name == "createdTime")
            created = node.child_value();
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
    parts.key = soap::parse_key(parts.key_text);
    if (auto const time = parse_rfc3339(created))
        parts.created = *time;
    return parts;
}

OutboundEvent to_outbound_event(
    pugi::xml_node event, EventParts const& parts, VimTypes const& types,
    EventFormat const& format) {
    MILLRACE_ASSERT(parts.key);
    OutboundEvent outbound;
    std::string_view class_name = xsi_type(event);
    if (class_name.empty())
        class_name = "Event";
    VimType const* const type = types.find(class_name);
    outbound.key = *parts.key;
    outbound.created = parts.created.value_or(SystemTime());
    std::string_view const entity = entity_of(parts);
    outbound.entity = fnv1a(entity);
    std::string_view const event_class = event_class_of(type, class_name);
    bool const named_by_id = event_class != "event" && !parts.event_type_id.empty();

    outbound.encoding = format.encoding;
    bool const is_json = format.encoding == EventEncoding::json;
    std::string data;  // A request says its length before.
    if (!is_json)
        append_event_json(data, types, type, event);
    std::string& message = outbound.message;
    message.reserve(usual_bytes);
    message += is_json ? std::string_view("{") : std::string_view(format.request_head);
    AttributeWriter attributes(message, format);
    attributes.add("id", parts.key_text);
    attributes.add("source", format.source);
    attributes.add("type", type_attribute(named_by_id ? parts.event_type_id : class_name));
    if (parts.created)
        attributes.add("time", format_rfc3339(*parts.created));
    attributes.add("subject", class_name);
    attributes.add("eventclass", event_class);
    attributes.add("vsphereapiversion", format.api_version);
    attributes.add("partitionkey", entity);
    attributes.add("vmname", child_text(parts.vm, "name"));
    attributes.add("hostname", child_text(parts.host, "name"));
    attributes.add("clustername", child_text(parts.compute_resource, "name"));
    attributes.add("datacentername", child_text(parts.datacenter, "name"));
    attributes.add("username", parts.user_name);
    attributes.add("specversion", "1.0");
    if (is_json) {
        message += R"("datacontenttype":"application/json","data":)";
    } else {
        message += "Content-Type: application/json\r\nContent-Length: ";
        message += std::to_string(data.size());
        message += "\r\n\r\n";
    }
    outbound.header_bytes = static_cast<std::uint32_t>(message.size());
    if (is_json) {
        append_event_json(message, types, type, event);
        message += '}';
    } else {
        message += data;
    }
    return outbound;
}

}  // namespace millrace::router
