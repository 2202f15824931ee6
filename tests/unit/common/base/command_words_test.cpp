// SPDX-License-Identifier: Apache-2.0
#include "common/base/command_words.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace millrace {
namespace {

constexpr std::array<CommandWord, 2> words = {{
    {"start", "Starts it."},
    {"--version", "Shows the version."},
}};

TEST_CASE("Command words: the list has each word and what it does, one a row") {
    CHECK(
        describe_commands("thing", words) ==
        "Usage: thing COMMAND [--flag VALUE ...]\n\n"
        "  start       Starts it.\n"
        "  --version   Shows the version.\n");
}

TEST_CASE("Command words: an unknown one is named, and what there is follows") {
    CHECK(
        describe_bad_command("thing", "bogus", words) ==
        "thing: There is no command \"bogus\". There are:\n"
        "  start       Starts it.\n"
        "  --version   Shows the version.\n");
}

TEST_CASE("Command words: for a typing error the right word is suggested") {
    auto const said = describe_bad_command("thing", "strat", words);
    CHECK(said.starts_with("thing: There is no command \"strat\". Did you mean \"start\"?"));
}

TEST_CASE("Command words: without any it is said that one is missing") {
    CHECK(describe_bad_command("thing", "", words).starts_with("thing: A command is missing."));
}

}  // namespace
}  // namespace millrace
