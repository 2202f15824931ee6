// SPDX-License-Identifier: Apache-2.0
#include <regex>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

using Words = std::vector<std::string>;

struct Ended {
    int code = -1;
    std::string said;
};

/// Runs the program in `words` to its end; fails the test if it goes on.
Ended run(Words const& words) {
    asio::io_context io;
    TemporaryFolder const folder;
    ChildService process(
        {.program = std::filesystem::path(MILLRACE_BINARY_DIR) / words.front(),
         .arguments = {words.begin() + 1, words.end()},
         .log_file = folder.path() / "said",
         .has_listen_flag = false});
    Ended ended;
    auto const wait = [](ChildService& child, Ended& into) -> Task<void> {
        child.spawn();
        auto const code = co_await child.wait_for_end(30s);
        REQUIRE(code);
        into = {*code, child.log()};
    };
    run_task(io, wait(process, ended), 40s);
    return ended;
}

Words with(Words words, std::string more) {
    words.push_back(std::move(more));
    return words;
}

/// Each command line that takes flags.
Words each_command() {
    return GENERATE(
        Words{"millrace", "up"}, Words{"millrace-broker"}, Words{"millrace-console"},
        Words{"millrace-router"}, Words{"millrace-runner", "host"},
        Words{"millrace-runner", "function"}, Words{"millrace-simulator"});
}

}  // namespace

TEST_CASE("Command line: --help shows the default of each time with its unit", "[cli]") {
    auto const words = each_command();
    INFO(words.front());
    auto const [code, said] = run(with(words, "--help"));
    CHECK(code == 0);
    CHECK(said.starts_with("Usage: " + words.front()));
    std::istringstream lines(said);
    static std::regex const with_unit(" Default: [0-9]+(ms|s|m|h)\\.$");
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        bool const has_time = line.find(" TIME ") != std::string::npos;
        bool const has_default = line.find(" Default: ") != std::string::npos;
        CHECK((!has_time || !has_default || std::regex_search(line, with_unit)));
    }
}

TEST_CASE("Command line: the simulator's times are half an hour and 400 ms", "[cli]") {
    auto const said = run({"millrace-simulator", "--help"}).said;
    CHECK(said.find("Idle sessions end after this. Default: 30m.") != std::string::npos);
    CHECK(said.find("0: none. Default: 400ms.") != std::string::npos);
}

TEST_CASE("Command line: a word where only flags are taken is named, with the flags", "[cli]") {
    auto const words = each_command();
    INFO(words.front());
    auto const [code, said] = run(with(words, "bogus"));
    CHECK(code == 2);
    CHECK(said.find("bogus: There is no such argument") != std::string::npos);
    CHECK(said.find("There are only flags: --") != std::string::npos);
    CHECK(said.find(" --state") != std::string::npos);
}

TEST_CASE("Command line: an unknown command is named, with the commands there are", "[cli]") {
    struct Example {
        std::string program;
        std::string one_of_its_commands;
    };
    auto const [program, command] =
        GENERATE(Example{"millrace", "  up  "}, Example{"millrace-runner", "  host  "});
    auto const [code, said] = run({program, "bogus"});
    CHECK(code == 2);
    CHECK(said.starts_with(program + ": There is no command \"bogus\"."));
    CHECK(said.find(command) != std::string::npos);
    CHECK(run({program}).code == 2);
    CHECK(run({program}).said.starts_with(program + ": A command is missing."));
    CHECK(run({program, "--help"}).code == 0);
    CHECK(run({program, "--version"}).code == 0);
}
