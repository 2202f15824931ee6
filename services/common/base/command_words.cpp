// SPDX-License-Identifier: Apache-2.0
#include "common/base/command_words.hpp"

#include <algorithm>
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

std::string describe_commands(std::string_view usage, std::span<CommandWord const> words) {
    return "Usage: " + std::string(usage) + "\n\n" + rows(words);
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

}  // namespace millrace
