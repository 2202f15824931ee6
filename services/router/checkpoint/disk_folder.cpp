// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/disk_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/file.hpp"

namespace millrace::router {
namespace {

class DiskFile final : public DataFile {
public:
    DiskFile(FileDescriptor file, std::uint64_t size, std::string place)
        : file_(std::move(file)),
          size_(size),
          place_(std::move(place)) {}

    std::uint64_t size() const override { return size_; }

    Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
        while (!bytes.empty()) {
            ssize_t const put =
                ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return std::unexpected(storage_error("Cannot write " + place_));
            bytes.remove_prefix(static_cast<std::size_t>(put));
            offset += static_cast<std::uint64_t>(put);
            size_ = std::max(size_, offset);
        }
        return {};
    }

    Result<void> truncate(std::uint64_t size) override {
        if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
            return std::unexpected(storage_error("Cannot cut " + place_));
        size_ = size;
        return {};
    }

    Result<void> sync() const override {
        if (::fdatasync(file_.get()) != 0)
            return std::unexpected(storage_error("Cannot sync " + place_));
        return {};
    }

private:
    FileDescriptor file_;
    std::uint64_t size_;
    std::string place_;
};

}  // namespace

Result<std::string> DiskFolder::read(std::string const& name, std::size_t bytes_max) {
    return read_file(path_ / name, bytes_max);
}

Result<std::unique_ptr<DataFile>> DiskFolder::open(std::string const& name) {
    std::string place = place_of(name);
    FileDescriptor file(::open(place.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
    struct stat status{};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0)
        return std::unexpected(storage_error("Cannot open " + place));
    if (!S_ISREG(status.st_mode))
        return failure(ErrorCode::storage, place + " is no ordinary file; remove it.");
    return std::make_unique<DiskFile>(
        std::move(file), static_cast<std::uint64_t>(status.st_size), std::move(place));
}

Result<void> DiskFolder::rename(std::string const& from, std::string const& to) {
    if (::rename(place_of(from).c_str(), place_of(to).c_str()) != 0)
        return std::unexpected(storage_error("Cannot rename " + place_of(from) + " to " + to));
    return {};
}

Result<void> DiskFolder::sync_names() {
    return sync_folder(path_);
}

std::string DiskFolder::place_of(std::string const& name) const {
    return (path_ / name).string();
}

}  // namespace millrace::router
