// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "common/base/command_words.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/store/store_choice.hpp"
#include "runner/function/function_definition.hpp"
#include "runner/host/container_flags.hpp"
#include "runner/host/function_service.hpp"
#include "runner/host/host_service.hpp"
#include "runner/powershell/install_command.hpp"

namespace {

constexpr std::array<millrace::CommandWord, 5> commands = {{
    {"host", "Runs all functions of a store; host --help lists its flags."},
    {"function", "Runs one function in a container; function --help lists its flags."},
    {"install-powershell", "Prepares PowerShell for functions; install-powershell --help."},
    {"--help", "Shows this text."},
    {"--version", "Shows the version."},
}};

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace millrace;
    std::string_view const mode = argument_count > 1 ? arguments[1] : "";
    if (mode == "install-powershell")
        return runner::run_install_command({arguments + 2, arguments + argument_count});
    if (mode != "host" && mode != "function")
        return answer_other_command("millrace-runner", mode, commands);
    ServiceDescription description;
    description.name = "runner";
    description.usage = "millrace-runner " + std::string(mode) + " [--flag VALUE ...]";
    description.flags = mode == "host" ? runner::host_flags() : runner::function_flags();
    description.make = [mode](ServiceContext context) -> std::unique_ptr<Service> {
        if (mode == "host")
            return std::make_unique<runner::HostService>(context);
        return std::make_unique<runner::FunctionService>(context);
    };
    description.check = [](FlagValues const& flags) {
        auto const function_faults = [](Resource const& service) {
            // Services without the label are not ours.
            if (service.label(runtime_label).empty())
                return Faults();
            auto const function = runner::parse_function(service);
            return function ? Faults() : function.error();
        };
        auto const readable = [](Resource const&) { return Faults(); };
        Faults all = check_store(flags, kinds::service, function_faults);
        for (ResourceKind const* kind : {&kinds::config_map, &kinds::secret}) {
            Faults const faults = check_store(flags, *kind, readable);
            all.insert(all.end(), faults.begin(), faults.end());
        }
        return all;
    };
    std::vector<std::string> given(arguments + 2, arguments + argument_count);
    if (mode == "function")
        given = runner::container_flags(given, ::getenv);
    return run_service(description, given);
}
