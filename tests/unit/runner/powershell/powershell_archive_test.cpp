// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_archive.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

std::string const whole =
    "./\n./pwsh\n./pwsh.dll\n./System.Management.Automation.dll\n./libcoreclr.so\n"
    "./Modules/Microsoft.PowerShell.Utility/Microsoft.PowerShell.Utility.psd1\n";

std::string reason_against(std::string const& names) {
    auto const checked = check_archive_names(names);
    return checked ? "" : checked.error().detail;
}

/// The head of an ELF program for a machine.
std::string head_for(unsigned char machine) {
    std::string head(
        "\x7f"
        "ELF\x02\x01\x01",
        7);
    head.resize(64, '\0');
    head[18] = static_cast<char>(machine);
    return head;
}

}  // namespace

TEST_CASE("PowerShell archive: names with and without ./ are taken") {
    CHECK(reason_against(whole).empty());
    CHECK(reason_against("pwsh\npwsh.dll\nSystem.Management.Automation.dll\nlibcoreclr.so\n"
                         "Modules/Microsoft.PowerShell.Utility/Microsoft.PowerShell.Utility.psd1")
              .empty());
}

TEST_CASE("PowerShell archive: another thing is named as what it is, with what to take") {
    auto const has = [](std::string const& text, char const* part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(reason_against("README.md\n"), "no archive of PowerShell"));
    CHECK(has(reason_against("README.md\n"), "linux-x64.tar.gz"));
    CHECK(has(reason_against(whole + "pwsh.exe\n"), "for Windows"));
    CHECK(has(reason_against(whole + "libcoreclr.dylib\n"), "for macOS"));
    CHECK(has(reason_against("pwsh\npwsh.dll\n"), "is missing"));
    for (auto const* way_out : {"/etc/passwd", "../x", "a/../../x", "./../x"})
        CHECK(has(reason_against(whole + way_out + "\n"), "leads out"));
}

TEST_CASE("PowerShell program: for this processor, or refused by both names") {
#if defined(__x86_64__)
    CHECK(check_program_head(head_for(62)));
    auto const other = check_program_head(head_for(183));
    REQUIRE_FALSE(other);
    CHECK(other.error().detail.find("is for arm64; this machine is x64") != std::string::npos);
#endif
    CHECK_FALSE(check_program_head("MZ"));
    CHECK_FALSE(check_program_head(""));
}

TEST_CASE("PowerShell version: 7.4 and newer") {
    CHECK(read_version("PowerShell 7.6.9\n").value() == "7.6.9");
    CHECK(read_version("PowerShell 7.4.0-preview.3\n").value() == "7.4.0-preview.3");
    CHECK(read_version("PowerShell 10.0.0").value() == "10.0.0");
    for (auto const* text : {"PowerShell 7.3.9", "PowerShell 6.2.0", "bash 5", "", "PowerShell x"})
        CHECK_FALSE(read_version(text));
}

TEST_CASE("SHA-256: 64 hexadecimal digits of either case") {
    CHECK(read_sha256(std::string(64, 'A')).value() == std::string(64, 'a'));
    CHECK_FALSE(read_sha256(std::string(63, 'a')));
    CHECK_FALSE(read_sha256(std::string(64, 'g')));
}
