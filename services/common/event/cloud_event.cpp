// SPDX-License-Identifier: Apache-2.0
#include "common/event/cloud_event.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
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

bool is_plain(char c) {
    return c >= ' ' && c < '\x7f';
}

/// Of one character in UTF-8.
bool is_allowed_character(std::string_view character) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
    switch (character.size()) {
        case 1:
            return is_plain(character.front());
        case 2:
            return byte(0) != 0xc2 || byte(1) >= 0xa0;
        case 3: {
            bool const is_arabic_hole =
                byte(0) == 0xef && byte(1) == 0xb7 && byte(2) >= 0x90 && byte(2) <= 0xaf;
            return !is_arabic_hole && (byte(0) != 0xef || byte(1) != 0xbf || byte(2) < 0xbe);
        }
        default:
            return (byte(1) & 0x0f) != 0x0f || byte(2) != 0xbf || byte(3) < 0xbe;
    }
}

/// Calls `use` for each character until it says false; false then.
template <class Use>
bool each_character(std::string_view text, Use use) {
    while (!text.empty()) {
        std::size_t const length = character_length(text);
        if (!use(text.substr(0, length)))
            return false;
        text.remove_prefix(length);
    }
    return true;
}

void check_value(Faults& faults, std::string_view name, std::string_view value) {
    if (value.size() > attribute_bytes_max)
        faults.push_back({std::string(name), "must be at most 8 KiB long."});
    if (!is_attribute_text(value))
        faults.push_back({std::string(name), "must not have control characters or noncharacters."});
}

/// Names and values, with what a header or a member adds to each.
std::size_t bytes_of(CloudEvent const& event) {
    constexpr std::size_t around_each = 8;
    std::size_t bytes = 0;
    for (auto const* value :
         {&event.id, &event.source, &event.type, &event.subject, &event.time,
          &event.datacontenttype, &event.dataschema})
        bytes += value->size() + around_each;
    for (auto const& [name, value] : event.extensions)
        bytes += name.size() + value.size() + around_each;
    return bytes;
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

bool is_attribute_text(std::string_view value) {
    // Mostly all of it is plain ASCII.
    return std::ranges::all_of(value, is_plain) || each_character(value, is_allowed_character);
}

std::string to_attribute_text(std::string_view value) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD in UTF-8
    std::string clean;
    each_character(value, [&clean, replacement](std::string_view character) {
        bool const is_valid = utf8_sequence(character) != 0 && is_allowed_character(character);
        std::string_view const written = is_valid ? character : replacement;
        if (clean.size() + written.size() > attribute_bytes_max)
            return false;
        clean += written;
        return true;
    });
    return clean;
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
    if (!event.time.empty() && !is_rfc3339(event.time))
        faults.push_back(
            {"time",
             "must be an RFC 3339 time with Z or an offset, such as 2026-11-22T10:03:53Z."});
    // It becomes a header as it stands, without percent-encoding.
    if (!std::ranges::all_of(event.datacontenttype, [](char c) { return c >= ' ' && c < '\x7f'; }))
        faults.push_back({"datacontenttype", "must be a media type in ASCII."});
    check_value(faults, "id", event.id);
    check_value(faults, "source", event.source);
    check_value(faults, "type", event.type);
    check_value(faults, "subject", event.subject);
    check_value(faults, "time", event.time);
    check_value(faults, "dataschema", event.dataschema);
    if (event.datacontenttype.size() > attribute_bytes_max)
        faults.push_back({"datacontenttype", "must be at most 8 KiB long."});
    for (auto const& [name, value] : event.extensions) {
        if (!is_attribute_name(name))
            faults.push_back(
                {name.substr(0, 64), "must be lower-case letters and digits, at most 64."});
        check_value(faults, name, value);
    }
    if (bytes_of(event) > attributes_bytes_max)
        faults.push_back({"attributes", "must be at most 16 KiB together."});
    return faults;
}

bool is_json_type(std::string_view content_type) {
    std::string const type = media_type(content_type);
    return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

}  // namespace millrace
