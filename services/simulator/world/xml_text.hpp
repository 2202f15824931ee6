// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "simulator/world/managed_reference.hpp"

namespace millrace::simulator {

/// Appends `text` as XML 1.0 character data, fit for attributes too. Characters that XML cannot
/// carry become U+FFFD. Pre: `text` is UTF-8.
void append_escaped(std::string& out, std::string_view text);

/// "<name>text</name>", the text escaped.
void append_element(std::string& out, std::string_view name, std::string_view text);
std::string element(std::string_view name, std::string_view text);
std::string element(std::string_view name, std::int64_t number);

/// "<name type=\"T\">value</name>", how vSphere writes a reference.
std::string reference_element(std::string_view name, ManagedReference const& reference);

/// xsd:dateTime in UTC with all six digits of the microseconds, as vCenter 8 writes it.
void append_time(std::string& out, std::int64_t microseconds_since_epoch);
std::string time_text(SystemTime time);

/// Microseconds since 1970.
std::int64_t to_microseconds(SystemTime time);

}  // namespace millrace::simulator
