// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/kept_file.hpp"

#include <sys/stat.h>

#include "common/base/file.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{16} << 20;
constexpr mode_t permission_bits = 07777;

}  // namespace

Result<std::optional<std::string>> file_content(std::filesystem::path const& path) {
    auto content = read_file(path, file_bytes_max);
    if (content)
        return std::move(*content);
    if (content.error().code == ErrorCode::not_found)
        return std::nullopt;
    return std::unexpected(content.error());
}

std::optional<mode_t> file_mode(std::filesystem::path const& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return status.st_mode & permission_bits;
}

Result<void> write_kept(std::filesystem::path const& path, std::string_view content, mode_t mode) {
    // The folder of a secret is nobody else's either.
    mode_t const folder_mode = mode == 0600 ? 0700 : 0755;
    if (auto made = make_directories(path.parent_path(), folder_mode); !made)
        return made;
    return write_file_atomic(path, content, mode);
}

}  // namespace millrace::configurator
