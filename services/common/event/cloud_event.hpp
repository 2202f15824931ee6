// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

namespace millrace {

/// A CloudEvent, version 1.0 (or 0.3, kept as received). Attribute values are text as in HTTP
/// headers after decoding (CloudEvents HTTP binding 3.1.3.1).
struct CloudEvent {
    std::string specversion = "1.0";
    std::string id;
    std::string source;
    std::string type;
    std::string subject;          ///< empty: absent
    std::string time;             ///< RFC 3339 as received; empty: absent
    std::string datacontenttype;  ///< empty: absent
    std::string dataschema;       ///< empty: absent (0.3: schemaurl)
    /// Extension attributes, sorted by name; names are [a-z0-9]+.
    std::vector<std::pair<std::string, std::string>> extensions;
    std::string data;
    bool has_data = false;

    bool operator==(CloudEvent const&) const = default;

    /// The value of a context attribute or extension by its name; empty where absent.
    std::string_view attribute(std::string_view name) const;
    /// Sets a context attribute or extension; an empty value removes it. Pre: a valid name.
    void set_attribute(std::string_view name, std::string value);
};

/// CloudEvents 1.0 section 3: lower-case letters and digits, not empty; at most 64 here.
bool is_attribute_name(std::string_view name);

/// True for the attributes that CloudEvents itself defines (1.0 and 0.3), and for `data`.
bool is_core_attribute(std::string_view name);

/// Bounds of what is no data: of one value, and of all names and values with 8 bytes for each.
/// Percent-encoded they still fit into the head of an HTTP message (64 KiB).
inline constexpr std::size_t attribute_bytes_max = 8 << 10;
inline constexpr std::size_t attributes_bytes_max = 16 << 10;

/// Whether `value` is a String of CloudEvents 1.0, "Type System": no control characters (U+0000 to
/// U+001F, U+007F to U+009F) and no noncharacters (U+FDD0 to U+FDEF, U+xxFFFE, U+xxFFFF). Pre:
/// valid UTF-8.
bool is_attribute_text(std::string_view value);
/// `value` with U+FFFD for what an attribute may not have, cut to attribute_bytes_max.
std::string to_attribute_text(std::string_view value);

/// All that breaks CloudEvents 1.0 section 3: missing id, source, type, unknown specversion, time
/// that is no RFC 3339 time, a data content type that is no ASCII text, bad extension names, values
/// that are no attribute text; and attributes over the bounds above.
Faults check(CloudEvent const& event);

/// True for application/json, text/json and any "+json" type: data then stands unquoted in JSON.
bool is_json_type(std::string_view content_type);

}  // namespace millrace
