// SPDX-License-Identifier: Apache-2.0
#include "runner/function/worker_command.hpp"

#include "runner/powershell/powershell_environment.hpp"

namespace millrace::runner {

WorkerCommand worker_command(
    RevisionContent const& content, std::filesystem::path const& runtimes,
    std::filesystem::path const& temporary, PowerShellRuntime const* powershell) {
    WorkerCommand command;
    command.environment = content.environment;
    auto const set = [&](std::string const& name, std::string value) {
        command.environment[name] = Secret(std::move(value));
    };
    auto const offer = [&](char const* name, std::string value) {
        command.environment.try_emplace(name, Secret(std::move(value)));
    };
    if (content.definition.runtime == "python") {
        command.arguments = {
            "/usr/bin/env", "python3", "-u", (runtimes / "python" / "worker.py").string()};
    } else if (content.definition.runtime == "powershell") {
        command.arguments = powershell_arguments(*powershell, runtimes / "powershell");
        for (auto const& [name, value] :
             powershell_environment(*powershell, runtimes / "powershell"))
            set(name, value);
        set("MILLRACE_CONCURRENCY", std::to_string(content.definition.concurrency));
    } else {
        command.arguments = {"/usr/bin/env", "bash", (runtimes / "shell" / "worker.sh").string()};
    }
    set("MILLRACE_CODE", content.code_folder.string());
    set("MILLRACE_FUNCTION", content.definition.name.text());
    set("PYTHONDONTWRITEBYTECODE", "1");
    if (!temporary.empty())
        set("TMPDIR", temporary.string());
    offer("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    offer("HOME", temporary.empty() ? "/tmp" : temporary.string());
    offer("LANG", "C.UTF-8");
    command.folder = content.code_folder.string();
    return command;
}

}  // namespace millrace::runner
