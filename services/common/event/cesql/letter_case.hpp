// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace millrace::cesql {

/// Appends `text` (UTF-8) in lower or upper case: Unicode's simple mappings, one character for one
/// and in no language's special way; what has no other case and bytes that are not UTF-8 stay.
void append_lower(std::string& to, std::string_view text);
void append_upper(std::string& to, std::string_view text);

}  // namespace millrace::cesql
