// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace {

/// Key order is kept, so that files written back look as they were read.
using Json = nlohmann::ordered_json;

/// Nesting beyond this is refused: nothing we read needs more.
inline constexpr int json_depth_max = 64;

/// Parses outside input. Errors: `invalid` with the byte position, or too deep a nesting.
Result<Json> parse_json(std::string_view text);

/// One line; bytes that are not UTF-8 become U+FFFD, so that it never fails.
std::string dump_json(Json const& value);

/// Two-space indented, ending in a newline: for files and people.
std::string dump_json_pretty(Json const& value);

/// The member at `path`, keys separated by '/', e.g. "metadata/name"; nullptr where absent.
Json const* find_json(Json const& value, std::string_view path);

/// The text at `path`, or `fallback` where it is absent or no string.
std::string string_at(Json const& value, std::string_view path, std::string fallback = {});

/// The whole number at `path`, or nothing where it is absent or no integer in int64's range.
std::optional<std::int64_t> integer_at(Json const& value, std::string_view path);

/// The number at `path`, or nothing.
std::optional<double> number_at(Json const& value, std::string_view path);

/// The truth value at `path`, or `fallback`.
bool bool_at(Json const& value, std::string_view path, bool fallback);

/// Collects every fault of one document while its members are read; `place` names the document.
class JsonReader {
public:
    JsonReader(Json const& value, std::string place) : value_(value), place_(std::move(place)) {}

    /// A string that must be there and not be empty.
    std::string required_string(std::string_view path);
    /// A string that may be absent; another type is a fault.
    std::string optional_string(std::string_view path, std::string fallback = {});
    /// An integer within [low, high]; absent gives `fallback`.
    std::int64_t optional_integer(
        std::string_view path, std::int64_t fallback, std::int64_t low, std::int64_t high);
    bool optional_bool(std::string_view path, bool fallback);
    /// An array or object that may be absent (nullptr); another type is a fault.
    Json const* optional_array(std::string_view path);
    Json const* optional_object(std::string_view path);
    /// Adds a fault found by the caller.
    void fault(std::string_view path, std::string problem);

    Faults const& faults() const { return faults_; }
    Faults take_faults() { return std::move(faults_); }

private:
    Json const& value_;
    std::string place_;
    Faults faults_;
};

}  // namespace millrace
