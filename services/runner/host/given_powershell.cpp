// SPDX-License-Identifier: Apache-2.0
#include "runner/host/given_powershell.hpp"

#include "runner/function/function_definition.hpp"

namespace millrace::runner {

std::optional<PowerShellRuntime> given_powershell(FlagValues const& flags) {
    std::string const& folder = flags.text("powershell");
    if (folder.empty())
        return std::nullopt;
    auto const sources =
        source_key(std::filesystem::absolute(flags.text("runtimes")) / "powershell");
    auto powershell = sources ? read_installation(std::filesystem::absolute(folder), *sources)
                              : Result<PowerShellRuntime>(std::unexpected(sources.error()));
    if (!powershell)
        throw StartupError("--powershell: " + powershell.error().detail);
    return std::move(*powershell);
}

Json describe_runtimes(PowerShellRuntime const* powershell) {
    Json list = Json::array();
    for (std::string_view const name : runtime_names) {
        bool const is_missing = name == "powershell" && powershell == nullptr;
        Json runtime = Json::object();
        runtime["name"] = name;
        runtime["ready"] = !is_missing;
        runtime["remedy"] = is_missing ? powershell_remedy : "";
        if (name == "powershell" && powershell != nullptr) {
            runtime["version"] = powershell->version;
            runtime["sha256"] = powershell->sha256;
        }
        list.push_back(std::move(runtime));
    }
    return list;
}

}  // namespace millrace::runner
