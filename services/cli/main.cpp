// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "cli/up.hpp"
#include "common/base/command_words.hpp"

namespace {

constexpr std::array<millrace::CommandWord, 3> commands = {{
    {"up", "Runs Millrace on this machine; up --help lists its flags."},
    {"--help", "Shows this text."},
    {"--version", "Shows the version."},
}};

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace millrace;
    std::vector<std::string> words(arguments + 1, arguments + argument_count);
    std::string const command = words.empty() ? "" : words.front();
    if (command == "up")
        return cli::run_up({words.begin() + 1, words.end()});
    return answer_other_command("millrace", command, commands);
}
