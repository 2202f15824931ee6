// SPDX-License-Identifier: Apache-2.0
#include "common/base/flags.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

std::vector<Flag> const flags = {
    {.name = "listen", .fallback = "127.0.0.1:0", .help = "Address."},
    {.name = "lanes",
     .kind = Flag::Kind::integer,
     .fallback = "64",
     .help = "N.",
     .low = 1,
     .high = 100},
    {.name = "grace", .kind = Flag::Kind::duration_ms, .fallback = "5s", .help = "Time."},
    {.name = "story", .kind = Flag::Kind::boolean, .fallback = "true", .help = "Switch."},
    {.name = "form", .fallback = "text", .help = "Form.", .choices = "text|json"},
    {.name = "must", .help = "Needed.", .required = true},
};

}  // namespace

TEST_CASE("Flags: values, defaults, switches and arguments are read") {
    auto const values = parse_flags(
        flags,
        {"--lanes=7", "--grace", "250ms", "--no-story", "--must", "x", "one", "--", "--two"});
    REQUIRE(values);
    CHECK(values->integer("lanes") == 7);
    CHECK(values->duration("grace") == 250ms);
    CHECK_FALSE(values->boolean("story"));
    CHECK(values->text("listen") == "127.0.0.1:0");
    CHECK_FALSE(values->given("listen"));
    CHECK(values->arguments == std::vector<std::string>{"one", "--two"});
}

TEST_CASE("Flags: a list has commas, and no empty parts") {
    auto const list_of = [](std::string const& text) {
        return parse_flags(flags, {"--must", text})->list("must");
    };
    CHECK(list_of("a.example,b.example") == std::vector<std::string>{"a.example", "b.example"});
    CHECK(list_of(",a,,") == std::vector<std::string>{"a"});
    CHECK(list_of(",").empty());
}

TEST_CASE("Flags: every fault is told at once, with a suggestion for a typing error") {
    auto const values = parse_flags(
        flags, {"--lane", "7", "--lanes", "101", "--grace=soon", "--form", "xml", "--listen"});
    REQUIRE_FALSE(values);
    std::string const text = to_string(values.error());
    INFO(text);
    CHECK(values.error().size() == 6);
    CHECK(text.find("--lane: There is no such flag. Did you mean --lanes?") != std::string::npos);
    CHECK(text.find("outside 1 to 100") != std::string::npos);
    CHECK(text.find("--grace: \"soon\" is not a duration") != std::string::npos);
    CHECK(text.find("not one of text|json") != std::string::npos);
    CHECK(text.find("--listen: needs a value") != std::string::npos);
    CHECK(text.find("--must: is required") != std::string::npos);
}

TEST_CASE("Flags: help shows each default, and that of a time with its unit, however typed") {
    struct Example {
        std::string_view typed;
        std::string_view shown;
    };
    auto const example = GENERATE(
        Example{"1800000", "30m"}, Example{"400", "400ms"}, Example{"400ms", "400ms"},
        Example{"60s", "1m"}, Example{"90s", "90s"}, Example{"168h", "168h"}, Example{"0", "0s"});
    std::vector<Flag> const one = {
        {.name = "idle",
         .kind = Flag::Kind::duration_ms,
         .fallback = example.typed,
         .help = "How long."}};
    auto const row =
        "  --idle TIME                 How long. Default: " + std::string(example.shown);
    CHECK(describe_flags("thing", one) == "Usage: thing\n\n" + row + ".\n");
}

TEST_CASE("Flags: the bounds of a time are told with their unit") {
    auto const fault_of = [](std::int64_t high) {
        std::vector<Flag> const one = {
            {.name = "idle", .kind = Flag::Kind::duration_ms, .low = 100, .high = high}};
        return parse_flags(one, {"--idle", "5ms"}).error().at(0).problem;
    };
    CHECK(fault_of(60'000) == "\"5ms\" is outside 100ms to 1m.");
    CHECK(fault_of(INT64_MAX) == "\"5ms\" must be at least 100ms.");
}

TEST_CASE("Flags: a word where only flags are taken is named, with the flags there are") {
    auto const fault = unexpected_word(flags, "lane");
    CHECK(fault.place == "lane");
    CHECK(
        fault.problem ==
        "There is no such argument. Did you mean --lanes? There are only flags: --listen --lanes "
        "--grace --story --form --must.");
    CHECK(unexpected_word(flags, "bogus").problem.find("Did you mean") == std::string::npos);
}

namespace {

std::string faults_of(std::vector<std::string> command_line) {
    command_line.insert(command_line.end(), {"--must", "x"});
    auto const values = parse_flags(flags, command_line);
    return values ? "" : to_string(values.error());
}

}  // namespace

TEST_CASE("Flags: numbers are whole, within their bounds, and nothing stands behind them") {
    CHECK(faults_of({"--lanes=1"}).empty());
    CHECK(faults_of({"--lanes=100"}).empty());
    CHECK(faults_of({"--lanes=0"}) == "--lanes: \"0\" is outside 1 to 100.");
    CHECK(faults_of({"--lanes", "-1"}) == "--lanes: \"-1\" is outside 1 to 100.");
    for (auto const* text : {"", "7x", "1.5", " 7", "+7", "0x7", "99999999999999999999"}) {
        INFO(text);
        CHECK(
            faults_of({std::string("--lanes=") + text}) ==
            "--lanes: \"" + std::string(text) + "\" is not a whole number.");
    }
}

TEST_CASE("Flags: durations have a unit or are milliseconds") {
    auto const grace = [](std::string const& text) {
        return parse_flags(flags, {"--must", "x", "--grace", text})->duration("grace");
    };
    CHECK(grace("0") == 0ms);
    CHECK(grace("1500") == 1500ms);
    CHECK(grace("2m") == 2min);
    CHECK(grace("1h") == 1h);
    CHECK(parse_flags(flags, {"--must", "x"})->duration("grace") == 5s);
    for (auto const* text : {"", "s", "-1s", "1.5s", "1d", "1 s", "1S", "9999999999999999h"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
    CHECK(
        parse_duration("soon").error().detail ==
        "\"soon\" is not a duration such as 250ms, 5s, 2m or 1h.");
}

TEST_CASE("Flags: a switch is on by its name, off by its negation, and says true or false") {
    auto const story = [](std::string const& word) {
        return parse_flags(flags, {"--must", "x", word})->boolean("story");
    };
    CHECK(story("--story"));
    CHECK(story("--story=true"));
    CHECK_FALSE(story("--story=false"));
    CHECK_FALSE(story("--no-story"));
    CHECK(faults_of({"--story=yes"}) == "--story: \"yes\" must be true or false.");
}

TEST_CASE("Flags: a negation takes no value, which would say the contrary") {
    CHECK(faults_of({"--no-story=false"}) == "--no-story: takes no value.");
    CHECK(faults_of({"--no-story=true"}) == "--no-story: takes no value.");
}

TEST_CASE("Flags: only a switch has a negation") {
    CHECK(faults_of({"--no-lanes"}).starts_with("--no-lanes: There is no such flag."));
}

TEST_CASE("Flags: the last of several wins, and a value may look like a flag") {
    auto const values =
        parse_flags(flags, {"--lanes=1", "--lanes=2", "--listen", "--must", "--must", "x=y=z"});
    REQUIRE(values);
    CHECK(values->integer("lanes") == 2);
    CHECK(values->text("listen") == "--must");
    CHECK(values->text("must") == "x=y=z");
}

TEST_CASE("Flags: a name nobody could have meant is not guessed at") {
    CHECK(
        faults_of({"--completely-different"}) ==
        "--completely-different: There is no such flag. Try --help for the list.");
    CHECK(faults_of({"--=x"}).starts_with("--: There is no such flag."));
}

TEST_CASE("Flags: what could be read is there beside the faults, for who checks more") {
    ParsedFlags const parsed = parse_flags_leniently(flags, {"--lanes=7", "--grace=soon"});
    CHECK(parsed.faults.size() == 2);
    CHECK(parsed.values.integer("lanes") == 7);
    CHECK(parsed.values.given("lanes"));
    CHECK_FALSE(parsed.values.given("must"));
}

TEST_CASE("Flags: the help has a row each, with kind, meaning, default and whether it is needed") {
    std::string const text = describe_flags("millrace-router [--flag ...]", flags);
    CHECK(text.starts_with("Usage: millrace-router [--flag ...]\n\n"));
    for (auto const* row :
         {"  --lanes N                   N. Default: 64.\n",
          "  --grace TIME                Time. Default: 5s.\n",
          "  --form text|json            Form. Default: text.\n",
          "  --story                     Switch. Default: true.\n",
          "  --must TEXT                 Needed. Required.\n"}) {
        INFO(text);
        CHECK(text.find(row) != std::string::npos);
    }
}
