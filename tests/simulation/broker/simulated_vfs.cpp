// SPDX-License-Identifier: Apache-2.0
// How SQLite and log.state come to SimulatedDisk: a VFS over SQLite's own, and the two calls that
// LogStateFile makes, which the linker leads here (--wrap).
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "tests/simulation/broker/simulated_disk.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker's names
extern "C" {
ssize_t __real_pwrite(int descriptor, void const* bytes, size_t count, off_t offset);
int __real_fdatasync(int descriptor);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace millrace::test {
namespace {

using Outcome = SimulatedDisk::Outcome;

sqlite3_vfs*& real_vfs() {
    static sqlite3_vfs* vfs = nullptr;
    return vfs;
}

/// Whether what is written comes from SQLite and has been judged.
bool& is_judged() {
    static bool judged = false;
    return judged;
}

class Judged {
public:
    Judged() { is_judged() = true; }
    Judged(Judged const&) = delete;
    Judged& operator=(Judged const&) = delete;
    ~Judged() { is_judged() = false; }
};

/// SQLite's file, then ours, then that of SQLite's own VFS behind it.
struct File {
    sqlite3_file base;
    SimulatedDisk::NodeRef node;  ///< nullptr: not on the simulated disk
    bool syncs_names = false;     ///< with its first sync, as SQLite does for journals

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    sqlite3_io_methods const& io() { return *real()->pMethods; }
};

File& file_of(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file);
}

class SqliteFile final : public BackingFile {
public:
    explicit SqliteFile(File& file) : file_(file) {}
    std::string read(std::size_t offset, std::size_t count) override {
        std::string bytes(count, '\0');
        file_.io().xRead(
            file_.real(), bytes.data(), static_cast<int>(count),
            static_cast<sqlite3_int64>(offset));
        return bytes;
    }
    void write(std::size_t offset, std::string_view bytes) override {
        Judged const judged;
        file_.io().xWrite(
            file_.real(), bytes.data(), static_cast<int>(bytes.size()),
            static_cast<sqlite3_int64>(offset));
    }
    void truncate(std::size_t size) override {
        file_.io().xTruncate(file_.real(), static_cast<sqlite3_int64>(size));
    }

private:
    File& file_;
};

int code_of(Outcome outcome, int failed) {
    return outcome == Outcome::done ? SQLITE_OK : outcome == Outcome::full ? SQLITE_FULL : failed;
}

int close_file(sqlite3_file* file) {
    File& own = file_of(file);
    int const code = own.io().xClose(own.real());
    own.node.~shared_ptr();
    return code;
}

int write_file(sqlite3_file* file, void const* bytes, int count, sqlite3_int64 offset) {
    File& own = file_of(file);
    if (!own.node)
        return own.io().xWrite(own.real(), bytes, count, offset);
    SqliteFile backing(own);
    auto const outcome = SimulatedDisk::current()->write(
        *own.node, backing, static_cast<std::size_t>(offset),
        {static_cast<char const*>(bytes), static_cast<std::size_t>(count)});
    return code_of(outcome, SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    File& own = file_of(file);
    if (!own.node)
        return own.io().xTruncate(own.real(), size);
    SqliteFile backing(own);
    auto const outcome =
        SimulatedDisk::current()->truncate(*own.node, backing, static_cast<std::size_t>(size));
    return code_of(outcome, SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int flags) {
    File& own = file_of(file);
    if (!own.node)
        return own.io().xSync(own.real(), flags);
    auto const outcome = SimulatedDisk::current()->sync(*own.node);
    if (outcome == Outcome::done && own.syncs_names) {
        SimulatedDisk::current()->sync_names();
        own.syncs_names = false;
    }
    return code_of(outcome, SQLITE_IOERR_FSYNC);
}

int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    return file_of(file).io().xRead(file_of(file).real(), bytes, count, offset);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return file_of(file).io().xFileSize(file_of(file).real(), size);
}
int lock_file(sqlite3_file* file, int level) {
    return file_of(file).io().xLock(file_of(file).real(), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return file_of(file).io().xUnlock(file_of(file).real(), level);
}
int check_lock(sqlite3_file* file, int* is_locked) {
    return file_of(file).io().xCheckReservedLock(file_of(file).real(), is_locked);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return file_of(file).io().xFileControl(file_of(file).real(), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return file_of(file).io().xSectorSize(file_of(file).real());
}
int characteristics(sqlite3_file* file) {
    return file_of(file).io().xDeviceCharacteristics(file_of(file).real());
}
int map_shared(sqlite3_file* file, int page, int bytes, int may_extend, void volatile** at) {
    return file_of(file).io().xShmMap(file_of(file).real(), page, bytes, may_extend, at);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return file_of(file).io().xShmLock(file_of(file).real(), offset, count, flags);
}
void barrier(sqlite3_file* file) {
    file_of(file).io().xShmBarrier(file_of(file).real());
}
int unmap_shared(sqlite3_file* file, int removes) {
    return file_of(file).io().xShmUnmap(file_of(file).real(), removes);
}

sqlite3_io_methods const methods = {2,
                                    close_file,
                                    read_file,
                                    write_file,
                                    truncate_file,
                                    sync_file,
                                    file_size,
                                    lock_file,
                                    unlock_file,
                                    check_lock,
                                    control_file,
                                    sector_size,
                                    characteristics,
                                    map_shared,
                                    lock_shared,
                                    barrier,
                                    unmap_shared,
                                    nullptr,
                                    nullptr};

bool is_on_disk(char const* path) {
    SimulatedDisk const* const disk = SimulatedDisk::current();
    return disk != nullptr && path != nullptr &&
           std::string_view(path).starts_with(disk->folder().native());
}

int open_file(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* flags_out) {
    File& own = *new (file) File();
    bool const is_ours = is_on_disk(path);
    bool const makes = is_ours && (flags & SQLITE_OPEN_CREATE) != 0 && ::access(path, F_OK) != 0;
    if (makes && SimulatedDisk::current()->crashed())
        return SQLITE_CANTOPEN;
    int const code = real_vfs()->xOpen(real_vfs(), path, own.real(), flags, flags_out);
    if (code != SQLITE_OK)
        return code;
    if (makes)
        SimulatedDisk::current()->created(path);
    if (is_ours)
        own.node = SimulatedDisk::current()->node(path);
    own.syncs_names = is_ours && (flags & SQLITE_OPEN_CREATE) != 0 &&
                      (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    own.base.pMethods = &methods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, char const* path, int syncs_folder) {
    if (!is_on_disk(path))
        return real_vfs()->xDelete(real_vfs(), path, syncs_folder);
    if (::access(path, F_OK) != 0)
        return SQLITE_IOERR_DELETE_NOENT;
    return code_of(SimulatedDisk::current()->remove(path, syncs_folder != 0), SQLITE_IOERR_DELETE);
}

/// Of the seed alone.
int random_bytes(sqlite3_vfs*, int count, char* bytes) {
    std::fill_n(bytes, count, '\7');
    return count;
}

class Descriptor final : public BackingFile {
public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    std::string read(std::size_t offset, std::size_t count) override {
        std::string bytes(count, '\0');
        bytes.resize(static_cast<std::size_t>(
            ::pread(descriptor_, bytes.data(), count, static_cast<off_t>(offset))));
        return bytes;
    }
    void write(std::size_t offset, std::string_view bytes) override {
        auto const written =
            __real_pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        static_cast<void>(written);
    }
    void truncate(std::size_t size) override {
        static_cast<void>(::ftruncate(descriptor_, static_cast<off_t>(size)));
    }

private:
    int descriptor_;
};

/// The node of log.state if it is that file.
SimulatedDisk::NodeRef state_node(int descriptor) {
    SimulatedDisk* const disk = SimulatedDisk::current();
    if (disk == nullptr || is_judged())
        return nullptr;
    auto const path = disk->folder() / "segments" / "log.state";
    struct stat own = {};
    struct stat state = {};
    bool const is_state = ::fstat(descriptor, &own) == 0 && ::stat(path.c_str(), &state) == 0 &&
                          own.st_ino == state.st_ino;
    return is_state ? disk->node(path) : nullptr;
}

/// Locks against other processes, of which there is none: a tenth of the time.
int lock_nothing(int /*descriptor*/, int command, struct flock* lock) {
    if (command == F_GETLK)
        lock->l_type = F_UNLCK;
    return 0;
}

}  // namespace

void register_simulated_vfs() {
    if (real_vfs() != nullptr)
        return;
    real_vfs() = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = *real_vfs();
    vfs.zName = "simulated";
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs()->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xRandomness = random_bytes;
    real_vfs()->xSetSystemCall(
        real_vfs(), "fcntl", reinterpret_cast<sqlite3_syscall_ptr>(lock_nothing));
    sqlite3_vfs_register(&vfs, 1);
}

}  // namespace millrace::test

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker's names
extern "C" {
ssize_t __wrap_pwrite(int descriptor, void const* bytes, size_t count, off_t offset) {
    using namespace millrace::test;
    auto const node = state_node(descriptor);
    if (!node)
        return __real_pwrite(descriptor, bytes, count, offset);
    Descriptor backing(descriptor);
    auto const outcome = SimulatedDisk::current()->write(
        *node, backing, static_cast<std::size_t>(offset), {static_cast<char const*>(bytes), count});
    if (outcome == SimulatedDisk::Outcome::done)
        return static_cast<ssize_t>(count);
    errno = outcome == SimulatedDisk::Outcome::full ? ENOSPC : EIO;
    return -1;
}

int __wrap_fdatasync(int descriptor) {
    using namespace millrace::test;
    auto const node = state_node(descriptor);
    if (!node)
        return __real_fdatasync(descriptor);
    if (SimulatedDisk::current()->sync(*node) == SimulatedDisk::Outcome::done)
        return 0;
    errno = EIO;
    return -1;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
