// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/dead_letter_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "common/base/file.hpp"
#include "common/base/json.hpp"

namespace millrace::router {
namespace {

constexpr std::uintmax_t file_bytes_max = 64UL << 20;

}  // namespace

Result<void> append_dead_letter(
    std::filesystem::path const& file, OutboundEvent const& event, int status,
    std::string_view reason) {
    std::error_code ignored;
    if (std::filesystem::file_size(file, ignored) > file_bytes_max && !ignored)
        std::filesystem::rename(file, file.string() + ".1", ignored);
    Json line = Json::object();
    line["at"] = format_rfc3339(system_now());
    line["key"] = event.key;
    line["status"] = status;
    line["reason"] = std::string(reason);
    line["request"] = event.message;
    std::string const text = dump_json(line) + "\n";
    FileDescriptor const out(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    bool const written =
        out.is_open() &&
        ::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fdatasync(out.get()) == 0;
    if (!written)
        return std::unexpected(storage_error("Cannot write " + file.string()));
    return {};
}

}  // namespace millrace::router
