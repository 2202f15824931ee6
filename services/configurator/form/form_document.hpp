// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace millrace::configurator {

/// ova-properties/generated/form.json, put into the binary by the build.
extern std::string_view const form_document;

}  // namespace millrace::configurator
