// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::runner {

/// Whether the names in an archive (a line each, as tar lists them) are those of PowerShell for
/// Linux: pwsh and the runtime beside it at the root, no way out of the folder. Errors: `invalid`
/// with what it is instead and what to take. Pure.
Result<void> check_archive_names(std::string_view names);

/// Whether a program's first bytes are those of one for this machine's processor (ELF 64, x86-64 or
/// AArch64). Errors: `invalid`, naming both. Pure.
Result<void> check_program_head(std::string_view bytes);

/// The version in what `pwsh -Version` prints, "PowerShell 7.6.9": 7.4 or newer. Errors: `invalid`.
Result<std::string> read_version(std::string_view output);

/// A checksum as a user gives it: 64 hexadecimal digits of either case, in lower case. Errors:
/// `invalid`.
Result<std::string> read_sha256(std::string_view text);

}  // namespace millrace::runner
