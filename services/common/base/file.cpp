// SPDX-License-Identifier: Apache-2.0
#include "common/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "common/base/encoding.hpp"

namespace millrace {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        close();
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

void FileDescriptor::close() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
    descriptor_ = -1;
}

Error storage_error(std::string const& what) {
    return Error(ErrorCode::storage, what + ": " + std::generic_category().message(errno) + ".");
}

Result<std::string> read_file(std::filesystem::path const& path, std::size_t bytes_max) {
    FileDescriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
        if (errno == ENOENT || errno == ENOTDIR)
            return failure(ErrorCode::not_found, "There is no file " + path.string() + ".");
        if (errno == EACCES || errno == EPERM)
            return failure(ErrorCode::forbidden, "Cannot open " + path.string() + ": not allowed.");
        return std::unexpected(storage_error("Cannot open " + path.string()));
    }
    std::string content;
    char buffer[16384];
    for (;;) {
        ssize_t const got = ::read(file.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EISDIR)
            return failure(ErrorCode::invalid, path.string() + " is a folder, not a file.");
        if (got < 0)
            return std::unexpected(storage_error("Cannot read " + path.string()));
        if (got == 0)
            return content;
        content.append(buffer, static_cast<std::size_t>(got));
        if (content.size() > bytes_max)
            return failure(
                ErrorCode::too_large,
                path.string() + " is larger than " + std::to_string(bytes_max) + " bytes.");
    }
}

namespace {

Result<void> write_all(int descriptor, std::string_view content, std::string const& name) {
    while (!content.empty()) {
        ssize_t const put = ::write(descriptor, content.data(), content.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return std::unexpected(storage_error("Cannot write " + name));
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Result<void> write_new(
    std::filesystem::path const& path, std::string_view content, mode_t mode,
    Durability durability) {
    FileDescriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file.is_open())
        return std::unexpected(storage_error("Cannot create " + path.string()));
    if (auto written = write_all(file.get(), content, path.string()); !written)
        return written;
    if (durability == Durability::power_cut && ::fsync(file.get()) != 0)
        return std::unexpected(storage_error("Cannot sync " + path.string()));
    return {};
}

}  // namespace

Result<void> write_file_atomic(
    std::filesystem::path const& path, std::string_view content, mode_t mode,
    Durability durability) {
    std::filesystem::path const temporary =
        path.parent_path() / ("." + path.filename().string() + "." + hex_encode(random_bytes(6)));
    auto written = write_new(temporary, content, mode, durability);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = std::unexpected(storage_error("Cannot replace " + path.string()));
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (durability == Durability::process)
        return {};
    return sync_folder(path.parent_path());
}

Result<void> sync_folder(std::filesystem::path const& folder) {
    FileDescriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open() || ::fsync(opened.get()) != 0)
        return std::unexpected(storage_error("Cannot sync the folder " + folder.string()));
    return {};
}

Result<std::vector<std::filesystem::path>> list_folder(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> paths;
    std::error_code fault;
    std::filesystem::directory_iterator at(folder, fault);
    for (; !fault && at != std::filesystem::directory_iterator(); at.increment(fault))
        paths.push_back(at->path());
    if (fault == std::errc::no_such_file_or_directory || fault == std::errc::not_a_directory)
        return failure(ErrorCode::not_found, "There is no folder " + folder.string() + ".");
    if (fault)
        return failure(
            ErrorCode::storage, "Cannot list " + folder.string() + ": " + fault.message() + ".");
    std::ranges::sort(paths);
    return paths;
}

Result<void> make_directories(std::filesystem::path const& path, mode_t mode) {
    std::error_code error;
    // "state" has no parent to make.
    if (path.has_parent_path())
        std::filesystem::create_directories(path.parent_path(), error);
    if (!error && ::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        return std::unexpected(storage_error("Cannot make the folder " + path.string()));
    if (error)
        return failure(
            ErrorCode::storage,
            "Cannot make the folder " + path.string() + ": " + error.message() + ".");
    return {};
}

}  // namespace millrace
