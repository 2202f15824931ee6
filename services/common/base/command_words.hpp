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

/// The text of --help: the usage of `program`, then a row a word.
std::string describe_commands(std::string_view program, std::span<CommandWord const> words);

/// What is wrong with `word` as the first one of `program` ("": there is none), and what there is.
std::string describe_bad_command(
    std::string_view program, std::string_view word, std::span<CommandWord const> words);

/// Prints what a program answers to a first word that is none of its own commands: help, version or
/// what is wrong. Returns the exit code.
int answer_other_command(
    std::string_view program, std::string_view word, std::span<CommandWord const> words);

}  // namespace millrace
