// SPDX-License-Identifier: Apache-2.0
#include "common/event/http_binding.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/event/json_binding.hpp"

namespace millrace {
namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    return lower;
}

/// Section 3.1.3.2, receiving side: percent-decoded; a value that is not well formed is a fault.
std::string decode_value(std::string_view name, std::string_view value, Faults& faults) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    auto decoded = percent_decode(value);
    if (!decoded || to_valid_utf8(*decoded) != *decoded) {
        faults.push_back({std::string(name), "is not percent-encoded UTF-8."});
        return {};
    }
    return std::move(*decoded);
}

Result<CloudEvent> read_binary(Headers const& headers, std::string_view body) {
    CloudEvent event;
    event.specversion.clear();
    Faults faults;
    for (auto const& [header, value] : headers) {
        if (header.size() <= 3 || !equals_ignoring_case(header.substr(0, 3), "ce-"))
            continue;
        std::string const name = lower_case(std::string_view(header).substr(3));
        if (!is_attribute_name(name))
            faults.push_back({name.substr(0, 64), "is no attribute name."});
        else if (name == "datacontenttype" || name == "data")
            faults.push_back({"ce-" + name, "must not be a header."});
        else if (!event.attribute(name).empty())
            faults.push_back({"ce-" + name, "stands twice."});
        else
            event.set_attribute(name, decode_value(name, value, faults));
    }
    event.datacontenttype = std::string(headers.get("content-type"));
    event.data = std::string(body);
    event.has_data = !body.empty();
    Faults const rules = check(event);
    faults.insert(faults.end(), rules.begin(), rules.end());
    if (!faults.empty())
        return failure(ErrorCode::invalid, to_sentences(faults));
    return event;
}

}  // namespace

ContentMode content_mode(Headers const& headers) {
    std::string const type = media_type(headers.get("content-type"));
    if (type == structured_type)
        return ContentMode::structured;
    if (type == batch_type)
        return ContentMode::batch;
    if (headers.contains("ce-specversion"))
        return ContentMode::binary;
    return ContentMode::none;
}

Result<std::vector<CloudEvent>> read_events(
    Headers const& headers, std::string_view body, std::size_t events_max) {
    switch (content_mode(headers)) {
        case ContentMode::batch:
            return events_from_json(body, events_max);
        case ContentMode::binary: {
            auto event = read_binary(headers, body);
            if (!event)
                return std::unexpected(event.error());
            return std::vector<CloudEvent>{std::move(*event)};
        }
        case ContentMode::structured: {
            auto event = event_from_json(body);
            if (!event)
                return std::unexpected(event.error());
            return std::vector<CloudEvent>{std::move(*event)};
        }
        case ContentMode::none:
            break;
    }
    return failure(
        ErrorCode::invalid,
        "Not a CloudEvent: it needs ce-* headers, or Content-Type application/cloudevents+json.");
}

void append_header_value(std::string& to, std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const is_plain = [](unsigned char byte) {
        return byte > 0x20 && byte < 0x7f && byte != '"' && byte != '%';
    };
    while (!value.empty()) {
        // Mostly all of it is plain: it is taken over in one piece.
        auto const end = std::ranges::find_if_not(value, is_plain);
        auto const plain = static_cast<std::size_t>(end - value.begin());
        to += value.substr(0, plain);
        value.remove_prefix(plain);
        if (value.empty())
            return;
        auto const byte = static_cast<unsigned char>(value.front());
        value.remove_prefix(1);
        to += '%';
        to += digits[byte >> 4];
        to += digits[byte & 15];
    }
}

Headers binary_headers(CloudEvent const& event) {
    Headers headers;
    auto const add = [&headers](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        std::string encoded;
        append_header_value(encoded, value);
        headers.add("ce-" + std::string(name), std::move(encoded));
    };
    add("specversion", event.specversion);
    add("id", event.id);
    add("source", event.source);
    add("type", event.type);
    add("subject", event.subject);
    add("time", event.time);
    add(event.specversion == "0.3" ? "schemaurl" : "dataschema", event.dataschema);
    for (auto const& [name, value] : event.extensions)
        add(name, value);
    if (!event.datacontenttype.empty())
        headers.add("content-type", event.datacontenttype);
    return headers;
}

}  // namespace millrace
