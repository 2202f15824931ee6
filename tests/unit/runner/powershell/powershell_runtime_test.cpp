// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_runtime.hpp"

#include <fstream>

#include "runner/function/worker_command.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

/// A PowerShell as it stands in an installation's folder.
PowerShellRuntime make_installation(std::filesystem::path const& folder) {
    PowerShellRuntime powershell;
    powershell.program = folder / "abc" / "program" / "pwsh";
    powershell.compiled = folder / "abc" / "compiled";
    powershell.version = "7.6.9";
    powershell.sha256 = std::string(64, 'a');
    std::filesystem::create_directories(powershell.program.parent_path());
    std::filesystem::create_directories(powershell.compiled);
    std::ofstream(powershell.program) << "program";
    std::ofstream(powershell.compiled / "worker.dll") << "worker";
    return powershell;
}

}  // namespace

TEST_CASE("PowerShell installation: it reads back, also where its folder was moved to") {
    test::TemporaryFolder folder;
    auto const here = folder.path() / "here";
    PowerShellRuntime made = make_installation(here);
    REQUIRE(write_installation(here, made, "k"));
    // Whether there is ICU is asked where it is read: it may be another system.
    made.has_icu = system_has_icu();
    CHECK(read_installation(here, "k").value() == made);
    auto const there = folder.path() / "there";
    std::filesystem::rename(here, there);
    auto const moved = read_installation(there, "k");
    REQUIRE(moved);
    CHECK(moved->program == there / "abc" / "program" / "pwsh");
}

TEST_CASE(
    "PowerShell installation: none, one of another version and a damaged one are told apart") {
    test::TemporaryFolder folder;
    auto const reason = [&](char const* sources) {
        auto const read = read_installation(folder.path(), sources);
        return read ? "" : read.error().detail;
    };
    CHECK(reason("k") == powershell_remedy);
    PowerShellRuntime const made = make_installation(folder.path());
    REQUIRE(write_installation(folder.path(), made, "k"));
    CHECK(reason("other").find("another version") != std::string::npos);
    std::filesystem::remove(made.compiled / "worker.dll");
    CHECK(reason("k").find("There is no") != std::string::npos);
    std::ofstream(folder.path() / "installed.json") << "{";
    CHECK(reason("k").find("Install it again") != std::string::npos);
}

TEST_CASE("Worker command: PowerShell's settings cannot be overruled by the function's") {
    PowerShellRuntime powershell;
    powershell.program = "/p/pwsh";
    powershell.compiled = "/p/compiled";
    powershell.modules = "/m";
    RevisionContent content;
    content.definition.runtime = "powershell";
    content.code_folder = "/code";
    content.environment["TERM"] = Secret("xterm");
    content.environment["HOME"] = Secret("/own");
    WorkerCommand const command = worker_command(content, "/runtimes", "/tmp/f", &powershell);
    CHECK(command.arguments.front() == "/p/pwsh");
    auto const value = [&](char const* name) {
        auto const found = command.environment.find(name);
        return found == command.environment.end() ? "" : found->second.reveal();
    };
    CHECK(value("TERM") == "dumb");
    CHECK(value("HOME") == "/own");
    CHECK(value("TMPDIR") == "/tmp/f");
    CHECK(value("PSModulePath") == "/runtimes/powershell:/m");
    CHECK(value("DOTNET_STARTUP_HOOKS") == "/p/compiled/worker.dll");
    CHECK(value("POWERSHELL_TELEMETRY_OPTOUT") == "1");
    // There is no ICU in `powershell`.
    CHECK(value("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") == "1");
    for (auto const* name : {"DOTNET_X", "PSModulePath", "CORECLR_ENABLE_PROFILING"})
        CHECK_FALSE(reason_against_variable(name).empty());
}
