// SPDX-License-Identifier: Apache-2.0
#include "common/process/file_sandbox.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace millrace {
namespace {

// <linux/landlock.h> of the build machine may be older than the kernel that runs this.
struct RulesetAttributes {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;
    std::uint64_t scoped = 0;
};
struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed_access = 0;
    std::int32_t parent = -1;
};
constexpr unsigned version_query = 1;
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t execute = 1U << 0;
constexpr std::uint64_t write_file = 1U << 1;
constexpr std::uint64_t read_file_right = 1U << 2;
constexpr std::uint64_t read_folder = 1U << 3;
constexpr std::uint64_t all_of_first = (1U << 13) - 1;
constexpr std::uint64_t refer = 1U << 13;           ///< version 2
constexpr std::uint64_t truncate_right = 1U << 14;  ///< version 3
constexpr std::uint64_t device_control = 1U << 15;  ///< version 5
constexpr std::uint64_t file_rights =
    execute | write_file | read_file_right | truncate_right | device_control;
constexpr std::uint64_t scope_sockets_and_signals = 3;  ///< version 6

long version() {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, version_query);
}

RulesetAttributes attributes_of(long version) {
    RulesetAttributes attributes;
    attributes.handled_access_fs = all_of_first;
    if (version >= 2)
        attributes.handled_access_fs |= refer;
    if (version >= 3)
        attributes.handled_access_fs |= truncate_right;
    if (version >= 5)
        attributes.handled_access_fs |= device_control;
    if (version >= 6)
        attributes.scoped = scope_sockets_and_signals;
    return attributes;
}

/// A kernel refuses attributes that are larger than those it knows.
std::size_t size_of_attributes(long version) {
    return version < 4 ? 8 : version < 6 ? 16 : sizeof(RulesetAttributes);
}

Result<void> allow(int ruleset, std::filesystem::path const& path, std::uint64_t rights) {
    FileDescriptor const at(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!at.is_open() && (errno == ENOENT || errno == ENOTDIR))
        return {};
    struct stat about{};
    if (!at.is_open() || ::fstat(at.get(), &about) != 0)
        return std::unexpected(storage_error("Cannot open " + path.string()));
    PathBeneath rule;
    rule.allowed_access = S_ISDIR(about.st_mode) ? rights : rights & file_rights;
    rule.parent = at.get();
    if (::syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0) != 0)
        return std::unexpected(storage_error("Cannot allow " + path.string()));
    return {};
}

/// Root's, which would open to it what Landlock closes (/proc/<pid>/environ by CAP_PERFMON). With
/// no_new_privs the next exec gives none back.
bool give_up_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> const none{};
    return ::syscall(SYS_capset, &header, none.data()) == 0;
}

bool is_inside(std::filesystem::path const& path, std::filesystem::path const& folder) {
    auto const [in_folder, in_path] =
        std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return in_folder == folder.end();
}

}  // namespace

Result<FileSandbox> FileSandbox::make(Rules const& rules) {
    long const known = version();
    if (known < 1)
        return failure(
            ErrorCode::unavailable,
            storage_error("The kernel has no Landlock, or it is switched off").detail);
    RulesetAttributes const attributes = attributes_of(known);
    FileSandbox sandbox(FileDescriptor(static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, size_of_attributes(known), 0))));
    if (!sandbox.ruleset_.is_open())
        return failure(ErrorCode::unavailable, storage_error("Cannot use Landlock").detail);
    int const ruleset = sandbox.ruleset_.get();
    for (auto const& path : rules.readable)
        if (auto const allowed = allow(ruleset, path, execute | read_file_right | read_folder);
            !allowed)
            return std::unexpected(allowed.error());
    for (auto const& path : rules.writable)
        if (auto const allowed = allow(ruleset, path, attributes.handled_access_fs); !allowed)
            return std::unexpected(allowed.error());
    return sandbox;
}

bool FileSandbox::enter() const {
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0) == 0 && give_up_capabilities();
}

std::vector<std::filesystem::path> paths_beside(
    std::filesystem::path const& root, std::filesystem::path const& hidden) {
    if (is_inside(root, hidden))
        return {};
    if (!is_inside(hidden, root))
        return {root};
    std::vector<std::filesystem::path> paths;
    std::error_code error;
    std::filesystem::directory_iterator entry(root, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        auto const below = paths_beside(entry->path(), hidden);
        paths.insert(paths.end(), below.begin(), below.end());
    }
    return paths;
}

}  // namespace millrace
