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
