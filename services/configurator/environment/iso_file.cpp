// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/iso_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/file.hpp"
#include "configurator/environment/ovf_environment.hpp"

namespace millrace::configurator {
namespace {

// ECMA-119: a logical sector has 2048 bytes; the volume descriptors begin at the 16th.
constexpr std::size_t sector_bytes = 2048;
constexpr std::size_t first_descriptor = 16;
constexpr std::size_t descriptors_max = 16;
constexpr std::size_t root_record_at = 156;
constexpr std::size_t folder_bytes_max = std::size_t{1} << 20;

enum DescriptorType : unsigned char { primary = 1, supplementary = 2, terminator = 255 };

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::size_t little_endian(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2) << 16 |
           std::size_t{byte_at(bytes, at + 3)} << 24;
}

class Disc {
public:
    explicit Disc(FileDescriptor file, std::string name)
        : file_(std::move(file)),
          name_(std::move(name)) {}

    /// Fewer where the disc ends.
    Result<std::string> read(std::size_t sector, std::size_t count) const {
        std::string bytes(count, '\0');
        std::size_t done = 0;
        while (done < count) {
            ssize_t const got = ::pread(
                file_.get(), bytes.data() + done, count - done,
                static_cast<off_t>(sector * sector_bytes + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return std::unexpected(storage_error("Cannot read " + name_));
            if (got == 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }
    Result<std::string> extent(std::string_view record, std::size_t bytes_max) const {
        std::size_t const size = little_endian(record, 10);
        if (size > bytes_max)
            return damaged("a file of " + std::to_string(size) + " bytes");
        auto bytes = read(little_endian(record, 2), size);
        if (bytes && bytes->size() != size)
            return damaged("a file that goes on behind its end");
        return bytes;
    }
    std::unexpected<Error> damaged(std::string const& what) const {
        return failure(ErrorCode::damaged, name_ + " has " + what + ".");
    }

private:
    FileDescriptor file_;
    std::string name_;
};

/// Capital letters, without the version that ISO 9660 adds; Joliet's are UCS-2.
std::string plain_name(std::string_view name, bool is_joliet) {
    std::string plain;
    for (std::size_t at = is_joliet ? 1 : 0; at < name.size(); at += is_joliet ? 2 : 1) {
        char const one = name[at] == '_' ? '-' : name[at];
        plain += one >= 'a' && one <= 'z' ? static_cast<char>(one - ('a' - 'A')) : one;
    }
    return plain.substr(0, plain.find(';'));
}

/// The file in the folder whose record is `root`.
Result<std::optional<std::string>> find_in(
    Disc const& disc, std::string_view root, bool is_joliet) {
    auto const folder = disc.extent(root, folder_bytes_max);
    if (!folder)
        return std::unexpected(folder.error());
    for (std::size_t at = 0; at < folder->size();) {
        std::size_t const length = byte_at(*folder, at);
        if (length == 0) {
            // No record goes over the end of a sector.
            at = (at / sector_bytes + 1) * sector_bytes;
            continue;
        }
        std::string_view const record = std::string_view(*folder).substr(at, length);
        constexpr std::size_t name_at = 33;
        if (record.size() < length || length < name_at ||
            name_at + byte_at(record, name_at - 1) > length)
            return disc.damaged("a damaged folder");
        if (plain_name(record.substr(name_at, byte_at(record, name_at - 1)), is_joliet) ==
            "OVF-ENV.XML") {
            auto content = disc.extent(record, environment_bytes_max);
            if (!content)
                return std::unexpected(content.error());
            return std::move(*content);
        }
        at += length;
    }
    return std::nullopt;
}

}  // namespace

Result<std::optional<std::string>> read_environment_disc(std::filesystem::path const& device) {
    FileDescriptor file(::open(device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
        if (errno == ENOENT || errno == ENOMEDIUM || errno == ENXIO)
            return std::nullopt;
        return std::unexpected(storage_error("Cannot open " + device.string()));
    }
    Disc const disc(std::move(file), device.string());
    for (std::size_t index = 0; index < descriptors_max; ++index) {
        auto const descriptor = disc.read(first_descriptor + index, sector_bytes);
        if (!descriptor)
            return std::unexpected(descriptor.error());
        if (descriptor->size() < sector_bytes || descriptor->substr(1, 5) != "CD001" ||
            byte_at(*descriptor, 0) == terminator)
            break;
        bool const is_joliet = byte_at(*descriptor, 0) == supplementary;
        if (byte_at(*descriptor, 0) != primary && !is_joliet)
            continue;
        auto found = find_in(disc, std::string_view(*descriptor).substr(root_record_at), is_joliet);
        if (!found || *found)
            return found;
    }
    return std::nullopt;
}

}  // namespace millrace::configurator
