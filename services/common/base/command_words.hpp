// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace {

/// What can stand first on a program's command line.
struct CommandWord {
    std::string_view name;
    std::string_view help;  ///< one sentence
};

/// The text of --help: `usage` line, then a row a word.
std::string describe_commands(std::string_view usage, std::span<CommandWord const> words);

/// What is wrong with `word` as the first one of `program` ("": there is none), and what there is.
std::string describe_bad_command(
    std::string_view program, std::string_view word, std::span<CommandWord const> words);

}  // namespace millrace
