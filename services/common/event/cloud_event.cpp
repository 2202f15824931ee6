// SPDX-License-Identifier: Apache-2.0
#include "common/event/cloud_event.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"
#include "common/base/http_message.hpp"

namespace millrace {
namespace {

/// The context attributes that have a member of their own.
std::string CloudEvent::* member_of(std::string_view name) {
    if (name == "specversion")
        return &CloudEvent::specversion;
    if (name == "id")
        return &CloudEvent::id;
    if (name == "source")
        return &CloudEvent::source;
    if (name == "type")
        return &CloudEvent::type;
    if (name == "subject")
        return &CloudEvent::subject;
    if (name == "time")
        return &CloudEvent::time;
    if (name == "datacontenttype")
        return &CloudEvent::datacontenttype;
    if (name == "dataschema" || name == "schemaurl")
        return &CloudEvent::dataschema;
    return nullptr;
}

bool has_control_character(std::string_view value) {
    return std::ranges::any_of(value, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
    });
}

void check_value(Faults& faults, std::string_view name, std::string_view value) {
    if (has_control_character(value))
        faults.push_back({std::string(name), "must not have control characters."});
}

}  // namespace

std::string_view CloudEvent::attribute(std::string_view name) const {
    if (auto const member = member_of(name))
        return this->*member;
    auto const found =
        std::ranges::lower_bound(extensions, name, {}, &std::pair<std::string, std::string>::first);
    return found != extensions.end() && found->first == name ? std::string_view(found->second)
                                                             : std::string_view{};
}

void CloudEvent::set_attribute(std::string_view name, std::string value) {
    MILLRACE_ASSERT(is_attribute_name(name));
    if (auto const member = member_of(name)) {
        this->*member = std::move(value);
        return;
    }
    auto const found =
        std::ranges::lower_bound(extensions, name, {}, &std::pair<std::string, std::string>::first);
    bool const exists = found != extensions.end() && found->first == name;
    if (exists && value.empty())
        extensions.erase(found);
    else if (exists)
        found->second = std::move(value);
    else if (!value.empty())
        extensions.emplace(found, name, std::move(value));
}

bool is_attribute_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

bool is_core_attribute(std::string_view name) {
    return name == "data" || member_of(name) != nullptr;
}

Faults check(CloudEvent const& event) {
    Faults faults;
    if (event.specversion != "1.0" && event.specversion != "0.3")
        faults.push_back({"specversion", "must be 1.0 or 0.3, not \"" + event.specversion + "\"."});
    if (event.id.empty())
        faults.push_back({"id", "is required."});
    if (event.source.empty())
        faults.push_back({"source", "is required."});
    if (event.type.empty())
        faults.push_back({"type", "is required."});
    if (!event.time.empty() && !parse_rfc3339(event.time))
        faults.push_back({"time", "must be an RFC 3339 time."});
    // It becomes a header as it stands, without percent-encoding.
    if (!std::ranges::all_of(event.datacontenttype, [](char c) { return c >= ' ' && c < '\x7f'; }))
        faults.push_back({"datacontenttype", "must be a media type in ASCII."});
    for (auto const* name : {"id", "source", "type", "subject", "dataschema"})
        check_value(faults, name, event.attribute(name));
    for (auto const& [name, value] : event.extensions) {
        if (!is_attribute_name(name))
            faults.push_back(
                {name.substr(0, 64), "must be lower-case letters and digits, at most 64."});
        check_value(faults, name, value);
    }
    return faults;
}

bool is_json_type(std::string_view content_type) {
    std::string const type = media_type(content_type);
    return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

}  // namespace millrace
