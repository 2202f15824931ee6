// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_archive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace millrace::runner {
namespace {

constexpr char const* what_to_take =
    " Take powershell-7.x.y-linux-x64.tar.gz of github.com/PowerShell/PowerShell/releases.";
constexpr unsigned least_major = 7;
constexpr unsigned least_minor = 4;
constexpr unsigned machine_x86_64 = 62;
constexpr unsigned machine_aarch64 = 183;

#if defined(__aarch64__)
constexpr unsigned own_machine = machine_aarch64;
#else
constexpr unsigned own_machine = machine_x86_64;
#endif

/// What of PowerShell a worker cannot do without.
constexpr std::array<std::string_view, 5> needed = {
    "pwsh", "pwsh.dll", "System.Management.Automation.dll", "libcoreclr.so",
    "Modules/Microsoft.PowerShell.Utility/Microsoft.PowerShell.Utility.psd1"};

std::string name_of_machine(unsigned machine) {
    return machine == machine_x86_64    ? "x64"
           : machine == machine_aarch64 ? "arm64"
                                        : "machine " + std::to_string(machine);
}

bool leads_out(std::string_view name) {
    return name.starts_with('/') || name == ".." || name.starts_with("../") ||
           name.ends_with("/..") || name.find("/../") != std::string_view::npos;
}

Error invalid(std::string const& why) {
    return Error{ErrorCode::invalid, why + what_to_take};
}

}  // namespace

Result<void> check_archive_names(std::string_view names) {
    std::set<std::string_view> missing(needed.begin(), needed.end());
    bool is_of_windows = false;
    bool is_of_mac = false;
    while (!names.empty()) {
        std::string_view name = names.substr(0, names.find('\n'));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        if (name.starts_with("./"))
            name.remove_prefix(2);
        if (leads_out(name))
            return std::unexpected(
                invalid("It holds \"" + std::string(name) + "\", which leads out of its folder."));
        missing.erase(name);
        is_of_windows |= name == "pwsh.exe";
        is_of_mac |= name == "libcoreclr.dylib";
    }
    if (is_of_windows || is_of_mac)
        return std::unexpected(
            invalid(std::string("It is PowerShell for ") + (is_of_mac ? "macOS." : "Windows.")));
    if (missing.empty())
        return {};
    return std::unexpected(invalid(
        missing.size() == needed.size()
            ? "It is no archive of PowerShell: there is no pwsh at its root."
            : "It is no whole PowerShell: " + std::string(*missing.begin()) + " is missing."));
}

Result<void> check_program_head(std::string_view bytes) {
    if (bytes.size() < 20 || !bytes.starts_with("\x7f"
                                                "ELF\x02"))
        return std::unexpected(invalid("Its pwsh is no 64-bit Linux program."));
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    unsigned const machine = byte(18) + (static_cast<unsigned>(byte(19)) << 8U);
    if (machine == own_machine)
        return {};
    return std::unexpected(invalid(
        "Its pwsh is for " + name_of_machine(machine) + "; this machine is " +
        name_of_machine(own_machine) + "."));
}

Result<std::string> read_version(std::string_view output) {
    constexpr std::string_view before = "PowerShell ";
    auto const at = output.find(before);
    std::string_view const text =
        at == std::string_view::npos ? std::string_view() : output.substr(at + before.size());
    std::string version(text.substr(0, text.find_first_of(" \r\n")));
    unsigned major = 0;
    unsigned minor = 0;
    char const* const end = version.data() + version.size();
    auto const [dot, fault] = std::from_chars(version.data(), end, major);
    if (fault != std::errc() || dot == end || *dot != '.')
        return std::unexpected(invalid(
            "Asked for its version, pwsh said \"" + std::string(output.substr(0, 200)) + "\"."));
    auto const [rest, second_fault] = std::from_chars(dot + 1, end, minor);
    if (second_fault != std::errc() || major < least_major ||
        (major == least_major && minor < least_minor))
        return std::unexpected(
            invalid("It is PowerShell " + version + "; 7.4 or newer is needed."));
    return version;
}

Result<std::string> read_sha256(std::string_view text) {
    std::string digits(text);
    for (char& c : digits)
        if (c >= 'A' && c <= 'F')
            c = static_cast<char>(c + 32);
    if (digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos)
        return digits;
    return failure(
        ErrorCode::invalid,
        "\"" + std::string(text.substr(0, 80)) +
            "\" is no SHA-256: 64 hexadecimal digits, as sha256sum prints them.");
}

}  // namespace millrace::runner
