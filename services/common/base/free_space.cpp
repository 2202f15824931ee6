// SPDX-License-Identifier: Apache-2.0
#include "common/base/free_space.hpp"

#include <string>

namespace millrace {
namespace {

std::string mebibytes(std::int64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

Result<std::int64_t> free_bytes(std::filesystem::path const& folder) {
    std::error_code code;
    std::filesystem::space_info const space = std::filesystem::space(folder, code);
    if (code)
        return failure(
            ErrorCode::storage, "Cannot tell what is free on the disk of " + folder.string() +
                                    ": " + code.message() + ".");
    return static_cast<std::int64_t>(space.available);
}

Result<void> check_free_space(
    std::filesystem::path const& folder, Result<std::int64_t> const& present,
    std::int64_t bytes_min) {
    if (!present)
        return std::unexpected(present.error());
    if (*present >= bytes_min)
        return {};
    return failure(
        ErrorCode::storage, "The disk of " + folder.string() + " has " + mebibytes(*present) +
                                " free, and " + mebibytes(bytes_min) + " are needed.");
}

}  // namespace millrace
