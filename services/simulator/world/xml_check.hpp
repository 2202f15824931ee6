// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/base/result.hpp"

namespace millrace::simulator {

/// Deepest nesting of elements taken (fault F35).
inline constexpr int xml_depth_max = 64;

/// What a parser that is lenient, or falls over, must not be given: too deep a nesting, a DOCTYPE,
/// control characters, entities that XML does not have. Errors: `invalid`.
Result<void> check_xml(std::string_view text);

}  // namespace millrace::simulator
