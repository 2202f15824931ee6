// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// What there is in a tar archive, so far as it tells which images it has.
struct ArchiveContents {
    std::map<std::string, std::uint64_t> sizes;    ///< of each file, by its path
    std::map<std::string, std::string> documents;  ///< the files that look like JSON
};

/// Reads a tar archive (POSIX ustar and pax, GNU tar) and passes over what is large in it; blocks
/// meanwhile. Links count as files of no size: older `docker save` has layers that are links.
/// Errors: `not_found`; `invalid` with what is wrong: no tar archive, compressed, cut off, more
/// than 100,000 files or more than 32 MiB of documents; `storage`.
Result<ArchiveContents> read_archive(std::filesystem::path const& file);

}  // namespace millrace::configurator
