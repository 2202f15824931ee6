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

/// What stands between the quotes of a quoted-string, escapes taken away (RFC 9110 section 5.6.4).
std::string unquoted(std::string_view inner) {
    std::string text;
    for (std::size_t at = 0; at < inner.size(); ++at) {
        if (inner[at] == '\\' && at + 1 < inner.size())
            ++at;
        text += inner[at];
    }
    return text;
}

/// Section 3.1.3.2, receiving side: unquoted, percent-decoded; a value that is not well formed is
/// a fault.
std::string decode_value(std::string_view name, std::string_view value, Faults& faults) {
    std::string plain;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        plain = unquoted(value.substr(1, value.size() - 2));
        value = plain;
    }
    auto decoded = percent_decode(value);
    if (!decoded || to_valid_utf8(*decoded) != *decoded) {
        faults.push_back({"ce-" + std::string(name), "is not percent-encoded UTF-8."});
        return {};
    }
    return std::move(*decoded);
}

/// Reads ce-* headers into an event.
class HeaderReader {
public:
    HeaderReader(CloudEvent& event, Faults& faults) : event_(event), faults_(faults) {}

    void take(std::string_view header, std::string_view value) {
        std::string const name = lower_case(header.substr(3));
        if (!is_attribute_name(name))
            return faults_.push_back({name.substr(0, 64), "is no attribute name."});
        if (name == "data")
            return faults_.push_back({"ce-data", "must not be a header."});
        bool const is_there = !event_.attribute(name).empty() ||
                              std::ranges::find(empty_names_, name) != empty_names_.end();
        if (is_there)
            return faults_.push_back({"ce-" + name, "stands twice."});
        std::string text = decode_value(name, value, faults_);
        if (text.empty())
            empty_names_.push_back(name);
        else
            event_.set_attribute(name, std::move(text));
    }

private:
    CloudEvent& event_;
    Faults& faults_;
    std::vector<std::string> empty_names_;  ///< there, which the event cannot tell
};

Result<CloudEvent> read_binary(Headers const& headers, std::string_view body) {
    CloudEvent event;
    event.specversion.clear();
    Faults faults;
    HeaderReader reader(event, faults);
    for (auto const& [header, value] : headers)
        if (header.size() > 3 && equals_ignoring_case(header.substr(0, 3), "ce-"))
            reader.take(header, value);
    // The binding has no ce-datacontenttype, but senders have; Content-Type is what counts.
    if (auto const type = headers.get("content-type"); !type.empty())
        event.datacontenttype = std::string(type);
    event.data = std::string(body);
    event.has_data = !body.empty();
    Faults const rules = check(event);
    faults.insert(faults.end(), rules.begin(), rules.end());
    if (!faults.empty())
        return failure(ErrorCode::invalid, to_sentences(faults));
    return event;
}

/// What of a message's form keeps its events from being read, whatever they are.
Result<void> check_form(Headers const& headers) {
    std::size_t types = 0;
    for (auto const& [header, value] : headers) {
        if (equals_ignoring_case(header, "content-type"))
            ++types;
        bool const is_coded = equals_ignoring_case(header, "content-encoding") && !value.empty() &&
                              !equals_ignoring_case(value, "identity");
        if (is_coded)
            return failure(
                ErrorCode::unsupported, "Content-Encoding " + value.substr(0, 64) +
                                            " is not supported; send the body as it is.");
    }
    if (types > 1)
        return failure(ErrorCode::invalid, "Content-Type stands twice.");
    std::string const type = media_type(headers.get("content-type"));
    bool const is_unknown_format = type.starts_with("application/cloudevents") &&
                                   type != structured_type && type != batch_type;
    if (is_unknown_format)
        return failure(
            ErrorCode::unsupported, type.substr(0, 64) + " is not supported; send " +
                                        std::string(structured_type) + " or ce-* headers.");
    return {};
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
    if (auto const readable = check_form(headers); !readable)
        return std::unexpected(readable.error());
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
