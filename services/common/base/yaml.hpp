// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.hpp"

namespace millrace {

/// One document of a YAML file as JSON, with the line of each value for messages.
struct YamlDocument {
    Json value;
    /// "metadata/name" -> 1-based line in the file; list items are "spec/filters/0".
    std::map<std::string, int, std::less<>> lines;

    /// "file:line" of the deepest known ancestor of `path`, for a Fault's place.
    std::string place(std::string_view file, std::string_view path) const;
};

/// Bounds on what is read (fault F46): size 1 MiB, nesting 32, 10,000 nodes after alias expansion.
/// Core-schema scalars: quoted text stays text; true/false, numbers and null become JSON's.
/// Empty documents are left out. Faults: syntax with its line, duplicate keys, non-scalar keys,
/// application tags, bytes that are not UTF-8, limits. `file` is only used in the places of the
/// faults.
Checked<std::vector<YamlDocument>> parse_yaml(std::string_view text, std::string_view file);

/// `value` as one block-style YAML document; text that would read as something else is quoted.
std::string dump_yaml(Json const& value);

}  // namespace millrace
