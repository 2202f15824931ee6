// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "common/base/command_words.hpp"
#include "configurator/commands.hpp"

namespace {

constexpr std::array<millrace::CommandWord, 14> commands = {{
    {"check", "Says what is wrong with the OVF environment; changes nothing."},
    {"plan", "Says what would be done for it; changes nothing."},
    {"serve", "Configures this machine by it, and asks for what is missing or wrong."},
    {"system", "Shows or changes what this appliance is set to."},
    {"node", "Prepares what Kubernetes needs to start on this machine."},
    {"certificates", "Makes what the programs of a node elsewhere know each other by."},
    {"ready", "Waits until Kubernetes' API server answers."},
    {"webhooks", "Sees to it that the certificates of Knative's webhooks are valid."},
    {"images", "Brings the image archives of this machine into containerd."},
    {"identity", "Gives a copy of another machine an identity of its own."},
    {"screen", "Shows on this terminal how this machine stands."},
    {"menu", "Changes this appliance from the VM's own screen."},
    {"--help", "Shows this text."},
    {"--version", "Shows the version."},
}};

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace millrace;
    std::vector<std::string> const words(arguments + 1, arguments + argument_count);
    std::string const command = words.empty() ? "" : words.front();
    std::vector<std::string> const rest(words.begin() + (words.empty() ? 0 : 1), words.end());
    if (command == "check")
        return configurator::run_check(rest);
    if (command == "plan")
        return configurator::run_plan(rest);
    if (command == "serve")
        return configurator::run_serve(rest);
    if (command == "system")
        return configurator::run_system(rest);
    if (command == "node")
        return configurator::run_node(rest);
    if (command == "certificates")
        return configurator::run_certificates(rest);
    if (command == "ready")
        return configurator::run_ready(rest);
    if (command == "webhooks")
        return configurator::run_webhooks(rest);
    if (command == "images")
        return configurator::run_images(rest);
    if (command == "identity")
        return configurator::run_identity(rest);
    if (command == "screen")
        return configurator::run_screen(rest);
    if (command == "menu")
        return configurator::run_menu(rest);
    return answer_other_command("millrace-configurator", command, commands);
}
