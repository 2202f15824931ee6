// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace millrace::console {

/// The text of api/openapi.yaml, put into the binary by the build.
extern std::string_view const openapi_yaml;

}  // namespace millrace::console
