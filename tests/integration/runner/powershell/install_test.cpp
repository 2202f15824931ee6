// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/install_powershell.hpp"

#include <fstream>

#include "common/base/file.hpp"
#include "common/net/digest.hpp"
#include "tests/integration/runner/powershell/powershell_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;
using runner::install_powershell;
using runner::PowerShellWish;

namespace {

PowerShellWish wish_for(std::filesystem::path const& archive, TemporaryFolder const& folder) {
    return {
        .archive = archive,
        .sha256 = {},
        .modules = {},
        .runtime = powershell_runtime(),
        .folder = folder.path() / "powershell"};
}

/// With the PowerShell of the other tests.
Result<runner::PowerShellRuntime> install_modules(std::filesystem::path const& modules) {
    return install_powershell(
        {.archive = powershell_archive(),
         .sha256 = {},
         .modules = modules,
         .runtime = powershell_runtime(),
         .folder = std::filesystem::path(MILLRACE_BINARY_DIR).parent_path() / "powershell"});
}

/// Two modules laid out as PowerCLI's are: one of commands, and the one that people import, which
/// needs the other. As one archive of folders with versions, and as packages of the Gallery.
constexpr char const* powercli_maker = R"py(
import pathlib, sys, zipfile
folder, version = pathlib.Path(sys.argv[1]), "13.3.0"
core, all_of_it = "VMware.VimAutomation.Core", "VMware.PowerCLI"
files = {
    core: {f"{core}.psd1": f"@{{ModuleVersion='{version}'; RootModule='{core}.psm1'; "
                           "FunctionsToExport='Get-VM'}",
           f"{core}.psm1": "function Get-VM { 'a VM of PowerCLI' }"},
    all_of_it: {f"{all_of_it}.psd1":
                f"@{{ModuleVersion='{version}'; RequiredModules=@('{core}')}}"}}
(folder / "packages").mkdir()
with zipfile.ZipFile(folder / "powercli.zip", "w") as archive:
    for name, content in files.items():
        for file, text in content.items():
            archive.writestr(f"{name}/{version}/{file}", text)
for name, content in files.items():
    with zipfile.ZipFile(folder / "packages" / f"{name.lower()}.{version}.nupkg", "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("_rels/.rels", "<Relationships/>")
        package.writestr(f"{name}.nuspec", '<?xml version="1.0"?><package '
                         'xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">'
                         f"<metadata><id>{name}</id><version>{version}</version></metadata>"
                         "</package>")
        for file, text in content.items():
            package.writestr(file, text)
with zipfile.ZipFile(folder / "packages.zip", "w") as archive:
    for file in (folder / "packages").iterdir():
        archive.write(file, file.name)
)py";

std::string importing(std::string const& module) {
    return "Import-Module " + module + R"ps(
function Process-Handler {
    param([CloudNative.CloudEvents.CloudEvent]$CloudEvent)
    Write-Host "$(Get-VM)"
}
)ps";
}

}  // namespace

TEST_CASE("Installing: what is there already is kept, and reads back as it was made") {
    auto const& installed = installed_powershell();
    auto const folder = std::filesystem::path(MILLRACE_BINARY_DIR).parent_path() / "powershell";
    auto const before = std::filesystem::last_write_time(installed.compiled / "worker.dll");
    auto const sources = runner::source_key(powershell_runtime());
    REQUIRE(sources);
    auto const again = install_powershell(
        {.archive = powershell_archive(),
         .sha256 = installed.sha256,
         .modules = {},
         .runtime = powershell_runtime(),
         .folder = folder});
    REQUIRE(again);
    CHECK(std::filesystem::last_write_time(again->compiled / "worker.dll") == before);
    auto const read = runner::read_installation(folder, *sources);
    REQUIRE(read);
    CHECK(*read == *again);
    auto const other = runner::read_installation(folder, "another");
    REQUIRE_FALSE(other);
    CHECK(other.error().detail.find("another version") != std::string::npos);
}

TEST_CASE(
    "Installing: a wrong checksum, a damaged archive and another file are refused, and leave "
    "nothing") {
    if (powershell_archive().empty()) {
        WARN("MILLRACE_POWERSHELL names no archive: only the pwsh on the PATH was tried.");
        return;
    }
    TemporaryFolder folder;
    PowerShellWish wish = wish_for(powershell_archive(), folder);
    wish.sha256 = std::string(64, '0');
    auto const wrong = install_powershell(wish);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().detail.find(installed_powershell().sha256) != std::string::npos);

    auto const damaged = folder.path() / "half.tar.gz";
    std::ofstream(damaged, std::ios::binary)
        << read_file(powershell_archive(), 1UL << 30).value().substr(0, 20 << 20);
    auto const half = install_powershell(wish_for(damaged, folder));
    REQUIRE_FALSE(half);
    CHECK(half.error().detail.find("damaged") != std::string::npos);

    auto const other = folder.path() / "other.tar.gz";
    std::ofstream(folder.path() / "pwsh.exe") << "MZ";
    REQUIRE(
        std::system(("tar -C " + folder.path().string() + " -czf " + other.string() + " pwsh.exe")
                        .c_str()) == 0);
    auto const windows = install_powershell(wish_for(other, folder));
    REQUIRE_FALSE(windows);
    CHECK(windows.error().detail.find("Windows") != std::string::npos);
    CHECK_FALSE(install_powershell(wish_for(folder.path() / "none", folder)));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "powershell"));
}

TEST_CASE("Installing: PowerCLI as it is handed out is found, whole archive or packages") {
    TemporaryFolder folder;
    auto const& work = folder.path();
    REQUIRE(write_file_atomic(work / "make.py", powercli_maker, 0600));
    REQUIRE(
        std::system(("python3 " + (work / "make.py").string() + " " + work.string()).c_str()) == 0);
    auto const core = (work / "packages/vmware.vimautomation.core.13.3.0.nupkg").string();
    for (auto const& modules :
         {work / "powercli.zip", work / "packages", work / "packages.zip",
          std::filesystem::path(core)}) {
        INFO(modules);
        auto const installed = install_modules(modules);
        INFO((installed ? "" : installed.error().detail));
        REQUIRE(installed);
        PowerShellBench bench(
            modules == core ? importing("VMware.VimAutomation.Core")
                            : importing("VMware.PowerCLI"));
        bench.powershell = *installed;
        bench.deploy();
        CHECK(bench.call().status == 202);
        INFO(bench.log());
        CHECK(bench.logged("a VM of PowerCLI"));
    }
    std::filesystem::create_directory(work / "packages/Other");
    auto const mixed = install_modules(work / "packages");
    REQUIRE_FALSE(mixed);
    CHECK(mixed.error().detail.find(".nupkg and other entries") != std::string::npos);
}

TEST_CASE("Installing: modules of a folder and of an archive are found by a handler") {
    TemporaryFolder folder;
    auto const module = folder.path() / "modules" / "Greeting";
    std::filesystem::create_directories(module);
    std::ofstream(module / "Greeting.psm1")
        << "function Get-Greeting { 'hello from a module' }\nExport-ModuleMember -Function *\n";
    auto const archive = folder.path() / "modules.tar.gz";
    REQUIRE(
        std::system(
            ("tar -C " + (folder.path() / "modules").string() + " -czf " + archive.string() + " .")
                .c_str()) == 0);
    for (auto const& modules : {folder.path() / "modules", archive}) {
        auto const installed = install_modules(modules);
        INFO((installed ? "" : installed.error().detail));
        REQUIRE(installed);
        PowerShellBench bench(R"ps(
function Process-Handler {
    param([CloudNative.CloudEvents.CloudEvent]$CloudEvent)
    Write-Host "$(Get-Greeting)"
    }
)ps");
        bench.powershell = *installed;
        bench.deploy();
        CHECK(bench.call().status == 202);
        INFO(bench.log());
        CHECK(bench.logged("hello from a module"));
    }
}
