// SPDX-License-Identifier: Apache-2.0
#include "common/event/json_binding.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/encoding.hpp"
#include "common/base/json_cursor.hpp"

namespace millrace {
namespace {

/// An extension's JSON value as text (CloudEvents 1.0, "Type System"): string, boolean, or an
/// integer of 32 bits.
std::optional<std::string> extension_text(std::string_view value) {
    if (value.starts_with('"'))
        return is_unicode_json(value) ? std::optional(json_text(value)) : std::nullopt;
    if (value == "true" || value == "false")
        return std::string(value);
    std::int32_t number = 0;
    auto const [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    bool const is_integer = error == std::errc() && stop == value.data() + value.size();
    return is_integer ? std::optional(std::string(value)) : std::nullopt;
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
        // JSON format 3.1: what it implies has to be said where the event leaves this format.
        if (event.datacontenttype.empty())
            event.datacontenttype = "application/json";
    }
}

bool contains(std::vector<std::string> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// `empty_names`: those that were there with an empty text, which the event cannot tell.
void read_attribute(
    std::string_view name, std::string_view value, CloudEvent& event,
    std::vector<std::string>& empty_names, Faults& faults) {
    if (value == "null")
        return;
    bool const is_core = is_core_attribute(name);
    bool const may_be = !is_core || value.starts_with('"');
    auto text = may_be ? extension_text(value) : std::nullopt;
    if (!is_attribute_name(name))
        faults.push_back({std::string(name.substr(0, 64)), "is no attribute name."});
    else if (!text)
        faults.push_back(
            {std::string(name), is_core ? "must be a string of Unicode characters."
                                        : "must be a string, a boolean or a 32-bit integer."});
    else if (!event.attribute(name).empty() || contains(empty_names, name))
        faults.push_back({std::string(name), "stands twice."});
    else if (text->empty())
        empty_names.emplace_back(name);
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
    std::vector<std::string> empty_names;
    for (std::string_view name; at.next_member(name);) {
        if (name == "data")
            data.plain = at.value();
        else if (name == "data_base64")
            data.base64 = at.value();
        else
            read_attribute(name, at.value(), event, empty_names, faults);
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
    // Without a type a text would be read as JSON, which it is not.
    else if (!event.datacontenttype.empty() && to_valid_utf8(event.data) == event.data)
        value["data"] = event.data;
    else
        value["data_base64"] = base64_encode(event.data);
    return value;
}

std::string json_text(CloudEvent event) {
    bool const is_json =
        event.has_data && (event.datacontenttype.empty() || is_json_type(event.datacontenttype));
    if (!is_json || !parse_json(event.data))
        return dump_json(to_json(event));
    std::string const data = std::exchange(event.data, {});
    event.has_data = false;
    std::string text = dump_json(to_json(event));
    text.pop_back();
    return text + ",\"data\":" + data + "}";
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
