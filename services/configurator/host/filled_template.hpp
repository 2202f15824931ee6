// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// The text with each @NAME@ (capitals and underscores) replaced by its value. Pure. Errors:
/// `invalid`, a name that has none.
Result<std::string> filled_template(
    std::string_view text, std::map<std::string, std::string> const& values);

}  // namespace millrace::configurator
