// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "cli/up.hpp"

int main(int argument_count, char** arguments) {
    std::vector<std::string> words(arguments + 1, arguments + argument_count);
    std::string const command = words.empty() ? "" : words.front();
    if (command == "up")
        return millrace::cli::run_up({words.begin() + 1, words.end()});
    if (command == "--version") {
        std::puts(MILLRACE_VERSION);
        return 0;
    }
    std::FILE* const to = command == "--help" ? stdout : stderr;
    std::fputs(
        "Usage: millrace up [--flag VALUE ...]   runs Millrace on this machine; up --help lists "
        "all\n"
        "       millrace --version\n",
        to);
    return command == "--help" ? 0 : 2;
}
