// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/isolation.hpp"

#include <array>

namespace millrace::runner {
namespace {

/// Programs, libraries and settings; what of /run resolves names; /nix where a system is made of
/// it. Debian, Ubuntu, RHEL, SUSE, Photon.
constexpr std::array<char const*, 16> system_folders = {
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/lib32",
    "/etc",
    "/opt",
    "/nix",
    "/proc",
    "/sys",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
    "/run/nscd",
    "/var/lib/ca-certificates"};
constexpr std::array<char const*, 6> devices = {"/dev/null",   "/dev/zero",    "/dev/full",
                                                "/dev/random", "/dev/urandom", "/dev/tty"};

/// Without links. What does not exist is left as it is.
std::filesystem::path real_path(std::filesystem::path const& path) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(path, error);
    return error ? path : real;
}

}  // namespace

Isolation::Isolation(std::filesystem::path const& state, std::filesystem::path const& shared) {
    auto const hidden = real_path(std::filesystem::absolute(state));
    if (!shared.empty()) {
        shared_ = real_path(std::filesystem::absolute(shared));
        std::error_code error;
        if (!std::filesystem::is_directory(shared_, error))
            throw StartupError("--shared-folder: " + shared.string() + " is no folder.");
        // Relative to it the state folder would not have to go up.
        if (*hidden.lexically_relative(shared_).begin() != "..")
            throw StartupError(
                "--shared-folder: " + shared.string() + " holds the state folder; name another.");
    }
    for (auto const* folder : system_folders) {
        auto const beside = paths_beside(real_path(folder), hidden);
        readable_.insert(readable_.end(), beside.begin(), beside.end());
    }
}

Result<FileSandbox> Isolation::sandbox(
    std::vector<std::filesystem::path> const& runtime, std::filesystem::path const& code,
    std::filesystem::path const& temporary) const {
    FileSandbox::Rules rules;
    rules.readable = readable_;
    rules.readable.insert(rules.readable.end(), runtime.begin(), runtime.end());
    rules.readable.push_back(code);
    rules.readable.emplace_back("/dev/fd");
    rules.writable.assign(devices.begin(), devices.end());
    rules.writable.push_back(temporary);
    if (!shared_.empty())
        rules.writable.push_back(shared_);
    return FileSandbox::make(rules);
}

}  // namespace millrace::runner
