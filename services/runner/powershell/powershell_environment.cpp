// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_environment.hpp"

namespace millrace::runner {

std::vector<std::string> powershell_arguments(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime) {
    return {
        powershell.program.string(),
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-File",
        (runtime / "worker.ps1").string(),
        (powershell.compiled / "worker.dll").string()};
}

std::map<std::string, std::string> powershell_basics(bool has_icu) {
    std::map<std::string, std::string> variables = {
        {"POWERSHELL_TELEMETRY_OPTOUT", "1"},
        {"POWERSHELL_UPDATECHECK", "Off"},
        {"DOTNET_CLI_TELEMETRY_OPTOUT", "1"},
        {"NO_COLOR", "1"},
        {"TERM", "dumb"}};
    // Without it .NET ends at once: "Couldn't find a valid ICU package".
    if (!has_icu)
        variables["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
    return variables;
}

std::map<std::string, std::string> powershell_environment(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime) {
    auto variables = powershell_basics(powershell.has_icu);
    variables["DOTNET_STARTUP_HOOKS"] = (powershell.compiled / "worker.dll").string();
    variables["MILLRACE_STARTUP_PROFILE"] = powershell.compiled.string();
    // CloudEvents.Sdk stands in the runtime's own folder.
    variables["PSModulePath"] = runtime.string();
    if (!powershell.modules.empty())
        variables["PSModulePath"] += ":" + powershell.modules.string();
    // Measured with an echo (scripts/bench powershell): 15 MiB and 0.2 ms an event less. The
    // memory that holds compiled code is mapped once instead of twice, which a limited file size
    // would forbid.
    variables["DOTNET_TieredPGO"] = "0";
    variables["DOTNET_gcConcurrent"] = "0";
    variables["DOTNET_GCgen0size"] = "0x300000";
    variables["DOTNET_EnableWriteXorExecute"] = "0";
    return variables;
}

}  // namespace millrace::runner
