// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.hpp"

namespace millrace {

/// SHA-256 of a file of any size, in lower-case hexadecimal digits; reads it piece by piece, and
/// blocks meanwhile. Errors: `not_found`, `storage` with the system's reason.
Result<std::string> sha256_of_file(std::filesystem::path const& path);

}  // namespace millrace
