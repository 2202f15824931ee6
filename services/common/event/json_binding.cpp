// SPDX-License-Identifier: Apache-2.0
#include "common/event/json_binding.hpp"

#include "common/base/encoding.hpp"
#include "common/base/json_cursor.hpp"

namespace millrace {
namespace {

/// An attribute's JSON value as text (CloudEvents JSON format 2.2): string, integer or boolean.
std::optional<std::string> attribute_text(std::string_view value) {
    if (value.starts_with('"'))
        return is_unicode_json(value) ? std::optional(json_text(value)) : std::nullopt;
    bool const is_boolean = value == "true" || value == "false";
    bool const is_integer = value.find_first_not_of("-0123456789") == std::string_view::npos;
    if (is_boolean || is_integer)
        return std::string(value);
    return std::nullopt;
}

/// The members that hold the data, as they stand in the text; empty where absent.
struct DataMembers {
    std::string_view plain;
    std::string_view base64;
};

void read_data(DataMembers const& members, CloudEvent& event, Faults& faults) {
    event.has_data = !members.plain.empty() || !members.base64.empty();
    if (!members.plain.empty() && !members.base64.empty()) {
        faults.push_back({"data", "must not stand beside data_base64."});
    } else if (!members.base64.empty()) {
        bool const is_text = members.base64.starts_with('"') && is_unicode_json(members.base64);
        auto bytes = is_text ? base64_decode(json_text(members.base64))
                             : failure(ErrorCode::invalid, "Not a text.");
        if (bytes)
            event.data = std::move(*bytes);
        else
            faults.push_back({"data_base64", "must be base64 text."});
    } else if (!members.plain.empty()) {
        bool const is_json = event.datacontenttype.empty() || is_json_type(event.datacontenttype);
        bool const is_text = members.plain.starts_with('"') && !is_json;
        if (is_text && !is_unicode_json(members.plain))
            faults.push_back({"data", "is no Unicode text."});
        else
            event.data = is_text ? json_text(members.plain) : std::string(members.plain);
    }
}

void read_attribute(
    std::string_view name, std::string_view value, CloudEvent& event, Faults& faults) {
    if (value == "null")
        return;
    auto text = attribute_text(value);
    if (!is_attribute_name(name))
        faults.push_back({std::string(name.substr(0, 64)), "is no attribute name."});
    else if (!text)
        faults.push_back({std::string(name), "must be a string, whole number or boolean."});
    else if (!event.attribute(name).empty())
        faults.push_back({std::string(name), "stands twice."});
    else
        event.set_attribute(name, std::move(*text));
}

/// Passes one event. A fault of the JSON itself is left to the cursor to tell.
Result<CloudEvent> read_event(JsonCursor& at) {
    if (!at.enter_object()) {
        at.value();
        return failure(ErrorCode::invalid, "An event must be a JSON object.");
    }
    CloudEvent event;
    event.specversion.clear();
    Faults faults;
    DataMembers data;
    for (std::string_view name; at.next_member(name);) {
        if (name == "data")
            data.plain = at.value();
        else if (name == "data_base64")
            data.base64 = at.value();
        else
            read_attribute(name, at.value(), event, faults);
    }
    if (at.failed())
        return failure(ErrorCode::invalid, "Not valid JSON.");
    read_data(data, event, faults);
    Faults const rules = check(event);
    faults.insert(faults.end(), rules.begin(), rules.end());
    if (faults.empty())
        return event;
    return failure(ErrorCode::invalid, to_sentences(faults));
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

Result<CloudEvent> event_from_json(std::string_view text) {
    JsonCursor at(text, JsonCursor::Halves::passed);
    auto event = read_event(at);
    if (auto const whole = at.finish(); !whole)
        return std::unexpected(whole.error());
    return event;
}

Result<std::vector<CloudEvent>> events_from_json(std::string_view text, std::size_t events_max) {
    JsonCursor at(text, JsonCursor::Halves::passed);
    bool const is_list = at.enter_list();
    std::vector<CloudEvent> events;
    std::string faults;
    std::size_t count = 0;
    for (; is_list && at.next_element(); ++count) {
        if (count == events_max)
            return failure(
                ErrorCode::too_large,
                "A batch may hold " + std::to_string(events_max) + " events at most.");
        auto event = read_event(at);
        if (event)
            events.push_back(std::move(*event));
        else
            faults += "Event " + std::to_string(count) + ": " + event.error().detail + " ";
    }
    if (!is_list)
        at.value();
    if (auto const whole = at.finish(); !whole)
        return std::unexpected(whole.error());
    if (!is_list)
        return failure(ErrorCode::invalid, "A batch must be a JSON list.");
    if (!faults.empty())
        return failure(ErrorCode::invalid, std::move(faults));
    return events;
}

}  // namespace millrace
