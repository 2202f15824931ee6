// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_value.hpp"

#include <algorithm>

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

void append_member(std::string& out, std::string_view element, Value const& value);

void append_inner(std::string& out, Value const& value) {
    switch (value.kind) {
        case Value::Kind::text:
        case Value::Kind::reference:
            append_escaped(out, value.text);
            break;
        case Value::Kind::object:
            for (auto const& [name, member] : value.members)
                append_member(out, name, member);
            break;
        case Value::Kind::array:
            for (auto const& item : value.items)
                append_typed(out, value.type, item);
            break;
        case Value::Kind::raw_object:
        case Value::Kind::raw_array:
            out += value.text;
            break;
    }
}

void append_attribute(std::string& out, std::string_view name, std::string_view text) {
    out.append(" ").append(name).append("=\"");
    append_escaped(out, text);
    out.append("\"");
}

/// Within an object the type is known but for objects, which may be of a derived class; arrays
/// repeat the member's element.
void append_member(std::string& out, std::string_view element, Value const& value) {
    if (value.kind == Value::Kind::array) {
        for (auto const& item : value.items)
            append_member(out, element, item);
        return;
    }
    out.append("<").append(element);
    if (value.kind == Value::Kind::reference)
        append_attribute(out, "type", value.type);
    if (value.kind == Value::Kind::object || value.kind == Value::Kind::raw_object) {
        append_attribute(out, "xsi:type", value.type);
    }
    out.append(">");
    append_inner(out, value);
    out.append("</").append(element).append(">");
}

std::string array_type(std::string_view item_type) {
    std::string name("ArrayOf");
    name.append(item_type);
    if (name[7] >= 'a' && name[7] <= 'z')
        name[7] = static_cast<char>(name[7] - 'a' + 'A');
    return name;
}

}  // namespace

Value text_value(std::string_view text) {
    return enum_value("xsd:string", text);
}

Value enum_value(std::string_view type, std::string_view word) {
    return {.kind = Value::Kind::text, .type = std::string(type), .text = std::string(word)};
}

Value bool_value(bool truth) {
    return enum_value("xsd:boolean", truth ? "true" : "false");
}
Value int_value(std::int64_t number) {
    return enum_value("xsd:int", std::to_string(number));
}
Value long_value(std::int64_t number) {
    return enum_value("xsd:long", std::to_string(number));
}
Value time_value(std::string_view text) {
    return enum_value("xsd:dateTime", text);
}

Value reference_value(ManagedReference const& reference) {
    return {.kind = Value::Kind::reference, .type = reference.type, .text = reference.value};
}

Value references_value(std::vector<ManagedReference> const& references) {
    std::vector<Value> items;
    items.reserve(references.size());
    for (auto const& one : references)
        items.push_back(reference_value(one));
    return array_value("ManagedObjectReference", std::move(items));
}

Value object_value(std::string_view type, std::vector<Member> members) {
    return {
        .kind = Value::Kind::object,
        .type = std::string(type),
        .text = {},
        .members = std::move(members)};
}

Value array_value(std::string_view item_type, std::vector<Value> items) {
    Value value{.kind = Value::Kind::array, .type = std::string(item_type), .text = {}};
    value.items = std::move(items);
    return value;
}

Value raw_object(std::string_view type, std::string inner_xml) {
    return {
        .kind = Value::Kind::raw_object, .type = std::string(type), .text = std::move(inner_xml)};
}

Value raw_array(std::string_view item_type, std::string items_xml) {
    return {
        .kind = Value::Kind::raw_array,
        .type = std::string(item_type),
        .text = std::move(items_xml)};
}

Value const* value_at(Value const& value, std::string_view path) {
    if (path.empty())
        return &value;
    auto const dot = std::min(path.find('.'), path.size());
    auto const name = path.substr(0, dot);
    auto const found = std::ranges::find(value.members, name, &Member::name);
    if (found == value.members.end())
        return nullptr;
    return value_at(found->value, dot < path.size() ? path.substr(dot + 1) : std::string_view());
}

void append_typed(std::string& out, std::string_view element, Value const& value) {
    out.append("<").append(element);
    switch (value.kind) {
        case Value::Kind::reference:
            append_attribute(out, "type", value.type);
            append_attribute(out, "xsi:type", "ManagedObjectReference");
            break;
        case Value::Kind::array:
        case Value::Kind::raw_array:
            append_attribute(out, "xsi:type", array_type(value.type));
            break;
        default:
            append_attribute(out, "xsi:type", value.type);
            break;
    }
    out.append(">");
    append_inner(out, value);
    out.append("</").append(element).append(">");
}

}  // namespace millrace::simulator
