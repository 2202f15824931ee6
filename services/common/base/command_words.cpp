// SPDX-License-Identifier: Apache-2.0
#include "common/base/command_words.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "common/base/nearest_word.hpp"

namespace millrace {
namespace {

std::string rows(std::span<CommandWord const> words) {
    std::string text;
    for (CommandWord const& word : words) {
        std::string row = "  " + std::string(word.name);
        row.resize(std::max<std::size_t>(row.size() + 2, 14), ' ');
        text += row.append(word.help) + "\n";
    }
    return text;
}

}  // namespace

std::string describe_commands(std::string_view program, std::span<CommandWord const> words) {
    return "Usage: " + std::string(program) + " COMMAND [--flag VALUE ...]\n\n" + rows(words);
}

std::string describe_bad_command(
    std::string_view program, std::string_view word, std::span<CommandWord const> words) {
    std::string text(program);
    if (word.empty()) {
        text += ": A command is missing.";
    } else {
        text += ": There is no command \"" + std::string(word) + "\".";
        std::vector<std::string_view> names;
        for (CommandWord const& one : words)
            names.push_back(one.name);
        if (auto const nearest = nearest_word(names, word); !nearest.empty())
            text += " Did you mean \"" + std::string(nearest) + "\"?";
    }
    return text + " There are:\n" + rows(words);
}

int answer_other_command(
    std::string_view program, std::string_view word, std::span<CommandWord const> words) {
    if (word == "--version") {
        std::puts(MILLRACE_VERSION);
        return 0;
    }
    bool const is_help = word == "--help";
    std::string const text =
        is_help ? describe_commands(program, words) : describe_bad_command(program, word, words);
    std::fputs(text.c_str(), is_help ? stdout : stderr);
    return is_help ? 0 : 2;
}

}  // namespace millrace
