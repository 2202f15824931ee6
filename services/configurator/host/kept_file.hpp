// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// What is in the file, or nothing where there is none. Errors: one that cannot be read.
Result<std::optional<std::string>> file_content(std::filesystem::path const& path);

/// Its permission bits; nothing where it cannot be looked at.
std::optional<mode_t> file_mode(std::filesystem::path const& path);

/// Is on the disk when it returns. The folder of a 0600 file is made 0700 where it is not there.
Result<void> write_kept(std::filesystem::path const& path, std::string_view content, mode_t mode);

}  // namespace millrace::configurator
