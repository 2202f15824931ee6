// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/base/result.hpp"

namespace millrace {

/// Bytes that are free on the disk of `folder` for who is not root. Errors: `storage`.
Result<std::int64_t> free_bytes(std::filesystem::path const& folder);

/// Whether at least `bytes_min` are. Errors: `storage` with a sentence that says what is free and
/// what is needed. `present`: what free_bytes() says of `folder`.
Result<void> check_free_space(
    std::filesystem::path const& folder, Result<std::int64_t> const& present,
    std::int64_t bytes_min);

}  // namespace millrace
