// SPDX-License-Identifier: Apache-2.0
#include "common/service/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace millrace {
namespace {

constexpr std::size_t holder_bytes_max = 64;

int lock_patiently(int file) {
    int locked = 0;
    do {
        locked = ::flock(file, LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    return locked;
}

/// "process 4711", or less where the holder has not written its number yet.
std::string holder_of(std::filesystem::path const& file) {
    auto text = read_file(file, holder_bytes_max);
    if (!text || text->empty())
        return "another process";
    text->erase(text->find_last_not_of('\n') + 1);
    return "process " + *text;
}

}  // namespace

Result<FolderLock> try_lock_folder(std::filesystem::path const& folder) {
    if (auto const made = make_directories(folder, 0700); !made)
        return std::unexpected(made.error());
    std::filesystem::path const path = folder / "lock";
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open())
        return std::unexpected(storage_error("Cannot open " + path.string()));
    if (lock_patiently(file.get()) != 0) {
        if (errno != EWOULDBLOCK)
            return std::unexpected(storage_error("Cannot lock " + path.string()));
        return failure(
            ErrorCode::conflict, "The folder " + folder.string() + " is in use by " +
                                     holder_of(path) + "; stop that, or choose another --state.");
    }
    std::string const number = std::to_string(::getpid()) + "\n";
    bool const noted = ::ftruncate(file.get(), 0) == 0 &&
                       ::pwrite(file.get(), number.data(), number.size(), 0) == std::ssize(number);
    if (!noted)
        return std::unexpected(storage_error("Cannot write " + path.string()));
    return FolderLock(std::move(file));
}

FolderLock lock_folder(std::filesystem::path const& folder) {
    auto lock = try_lock_folder(folder);
    if (!lock)
        throw StartupError(lock.error().detail);
    return std::move(*lock);
}

}  // namespace millrace
