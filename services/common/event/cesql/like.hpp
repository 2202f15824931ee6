// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace millrace::cesql {

/// Whether all of `text` matches a LIKE pattern (CESQL spec v1.0, section 3.4.3): % is any
/// characters or none, _ is one character of UTF-8, \% and \_ are these two themselves; any other
/// character, also another backslash, is itself in its case. Time O(pattern x text) at worst.
bool is_like(std::string_view text, std::string_view pattern);

}  // namespace millrace::cesql
