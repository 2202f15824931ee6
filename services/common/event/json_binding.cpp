// SPDX-License-Identifier: Apache-2.0
#include "common/event/json_binding.hpp"

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

/// An attribute's JSON value as text (CloudEvents JSON format 2.2): string, integer or boolean.
std::optional<std::string> attribute_text(Json const& value) {
    if (value.is_string())
        return string_at(value, "");
    if (value.is_boolean() || value.is_number_integer())
        return dump_json(value);
    return std::nullopt;
}

void read_data(Json const& value, CloudEvent& event, Faults& faults) {
    Json const* data = find_json(value, "data");
    Json const* base64 = find_json(value, "data_base64");
    if (data != nullptr && base64 != nullptr) {
        faults.push_back({"data", "must not stand beside data_base64."});
        return;
    }
    if (base64 != nullptr) {
        auto bytes = base64_decode(string_at(*base64, ""));
        if (!base64->is_string() || !bytes)
            faults.push_back({"data_base64", "must be base64 text."});
        else
            event.data = std::move(*bytes);
        event.has_data = true;
        return;
    }
    if (data == nullptr)
        return;
    event.has_data = true;
    bool const is_json = event.datacontenttype.empty() || is_json_type(event.datacontenttype);
    event.data = data->is_string() && !is_json ? string_at(*data, "") : dump_json(*data);
}

}  // namespace

Json to_json(CloudEvent const& event) {
    Json value = Json::object();
    for (auto const* name :
         {"specversion", "id", "source", "type", "subject", "time", "datacontenttype"})
        if (!event.attribute(name).empty())
            value[name] = std::string(event.attribute(name));
    if (!event.dataschema.empty())
        value[event.specversion == "0.3" ? "schemaurl" : "dataschema"] = event.dataschema;
    for (auto const& [name, text] : event.extensions)
        value[name] = text;
    if (!event.has_data)
        return value;
    bool const is_json = event.datacontenttype.empty() || is_json_type(event.datacontenttype);
    if (auto parsed = is_json ? parse_json(event.data) : Result<Json>(Json()); is_json && parsed)
        value["data"] = std::move(*parsed);
    else if (to_valid_utf8(event.data) == event.data)
        value["data"] = event.data;
    else
        value["data_base64"] = base64_encode(event.data);
    return value;
}

Result<CloudEvent> event_from_json(Json const& value) {
    if (!value.is_object())
        return failure(ErrorCode::invalid, "An event must be a JSON object.");
    CloudEvent event;
    event.specversion.clear();
    Faults faults;
    for (auto const& [name, member] : value.items()) {
        if (name == "data" || name == "data_base64" || member.is_null())
            continue;
        auto text = attribute_text(member);
        if (!is_attribute_name(name))
            faults.push_back({name.substr(0, 64), "is no attribute name."});
        else if (!text)
            faults.push_back({name, "must be a string, whole number or boolean."});
        else
            event.set_attribute(name, std::move(*text));
    }
    read_data(value, event, faults);
    Faults const rules = check(event);
    faults.insert(faults.end(), rules.begin(), rules.end());
    if (faults.empty())
        return event;
    std::string text;
    for (Fault const& fault : faults)
        text += (text.empty() ? "" : " ") + fault.place + " " + fault.problem;
    return failure(ErrorCode::invalid, std::move(text));
}

}  // namespace millrace
