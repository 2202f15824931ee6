// SPDX-License-Identifier: Apache-2.0
#include "cli/up_powershell.hpp"

#include <sys/wait.h>

#include "common/base/json.hpp"
#include "common/process/run_to_end.hpp"

namespace millrace::cli {
namespace {

/// Unpacking, compiling and a trial: 15 s on two busy processors.
constexpr seconds install_limit = 300s;

std::vector<std::string> install_words(UpOptions const& options) {
    std::vector<std::string> words = {
        (options.programs / "millrace-runner").string(), "install-powershell",
        "--into=" + powershell_folder(options).string(), "--runtimes=" + options.runtimes.string()};
    if (!options.powershell.empty())
        words.push_back("--archive=" + options.powershell.string());
    if (!options.powershell_sha256.empty())
        words.push_back("--sha256=" + options.powershell_sha256);
    if (!options.powershell_modules.empty())
        words.push_back("--modules=" + options.powershell_modules.string());
    return words;
}

std::string without_line_end(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

}  // namespace

Result<PowerShellStart> prepare_powershell(UpOptions const& options) {
    ChildCommand command;
    command.arguments = install_words(options);
    auto const end = run_to_end(std::move(command), install_limit);
    if (!end)
        return std::unexpected(end.error());
    std::string const said = without_line_end(end->output);
    bool const was_asked_for = !options.powershell.empty() || !options.powershell_modules.empty();
    if (!end->is_well() && was_asked_for)
        return failure(ErrorCode::invalid, said);
    if (!end->is_well())
        return PowerShellStart{.is_ready = false, .said = said};
    auto const installed = parse_json(said);
    return PowerShellStart{
        .is_ready = true,
        .said = "PowerShell " + (installed ? string_at(*installed, "version") : std::string())};
}

}  // namespace millrace::cli
