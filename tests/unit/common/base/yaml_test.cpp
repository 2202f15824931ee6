// SPDX-License-Identifier: Apache-2.0
#include "common/base/yaml.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("YAML: scalars have their core-schema type, quoted ones are text") {
    auto const documents = parse_yaml(
        "a: 1\nb: \"1\"\nc: true\nd: 'true'\ne: 1.5\nf:\ng: 0123456789012345678901\nh: [x, 2]\n",
        "f");
    REQUIRE(documents);
    CHECK(
        dump_json(documents->front().value) ==
        R"({"a":1,"b":"1","c":true,"d":"true","e":1.5,"f":null,)"
        R"("g":"0123456789012345678901","h":["x",2]})");
}

TEST_CASE("YAML: several documents, and the line of each value") {
    auto const documents = parse_yaml("---\na: 1\n---\nb:\n  c: 2\n", "f.yaml");
    REQUIRE(documents);
    REQUIRE(documents->size() == 2);
    CHECK(documents->at(1).place("f.yaml", "b/c") == "f.yaml:5");
    CHECK(documents->at(1).place("f.yaml", "b/missing") == "f.yaml:5");
}

TEST_CASE("YAML: duplicate keys, tags, depth, size and alias bombs are refused (F46)") {
    auto const problem = [](std::string const& text) {
        auto const documents = parse_yaml(text, "f");
        return documents ? std::string("none") : to_string(documents.error());
    };
    CHECK(problem("a: 1\na: 2\n").find("f:2: The key \"a\" stands twice") == 0);
    CHECK(problem("a: !!python/object x\n") == "none");
    CHECK(problem("a: !secret x\n").find("not allowed") != std::string::npos);
    CHECK(problem(std::string(40, '[') + std::string(40, ']')).find("deeper") != std::string::npos);
    CHECK(problem(std::string(2 << 20, 'a')).find("1 MiB") != std::string::npos);
    CHECK(problem("a: [1\n").find("Not valid YAML") != std::string::npos);
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 8; ++i) {
        std::string const before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j)
            bomb += ", " + before;
        bomb += "]\n";
    }
    CHECK(problem(bomb).find("10,000 values") != std::string::npos);
}

TEST_CASE("YAML: what is written is read back the same") {
    Json const value =
        parse_json(R"({"text":"yes: no","number":"42","truth":"true","empty":"","lines":"a\nb\n",)"
                   R"("nested":{"list":[1,true,null,"~"]},"quote":"it's \"so\" \\ #here",)"
                   R"("code":"a\f\nb\u001b[0m\n","open":"a\nb","gap":"a\n\n"})")
            .value();
    auto const documents = parse_yaml(dump_yaml(value), "f");
    REQUIRE(documents);
    CHECK(dump_json(documents->front().value) == dump_json(value));
}

// Found by fuzzing.
TEST_CASE("YAML: a text that begins as the mark of a document is written as a text") {
    for (auto const* json : {R"("---")", R"("...")", R"({"--- a":1})", R"({"a":"--- b"})"}) {
        INFO(json);
        auto const documents = parse_yaml(dump_yaml(parse_json(json).value()), "f");
        REQUIRE(documents);
        REQUIRE(documents->size() == 1);
        CHECK(dump_json(documents->front().value) == json);
    }
}

TEST_CASE("YAML: what cannot begin a document is a fault, not an endless row of empty ones") {
    for (auto const* text : {", true", "}", "]", "a: [x]\n}", ": x\n, y", "---\n]\n"}) {
        INFO(text);
        auto const documents = parse_yaml(text, "f");
        CHECK((!documents || documents->size() <= 2));
    }
    CHECK_FALSE(parse_yaml(", true", "f"));
    CHECK_FALSE(parse_yaml("a: \xff", "f"));
    CHECK_FALSE(parse_yaml(std::string("\0\0\0a: 1", 7), "f"));
    CHECK(parse_yaml("---\n---\na: 1\n---\n", "f").value().size() == 1);
}

// Found by fuzzing.
TEST_CASE("YAML: an escape that the library makes broken text of is a fault, as value and key") {
    for (auto const* text : {R"(a: "x\N")", R"(a: ["\_"])", R"("\N": 1)"}) {
        INFO(text);
        auto const documents = parse_yaml(text, "f");
        REQUIRE_FALSE(documents);
        CHECK(documents.error().front().problem.find("\\u0085") != std::string::npos);
    }
    auto const documents = parse_yaml(R"(a: "\u0085\u00a0")", "f");
    REQUIRE(documents);
    CHECK(string_at(documents->front().value, "a") == "\xc2\x85\xc2\xa0");
}

namespace {

std::string problem_of(std::string const& text) {
    auto const documents = parse_yaml(text, "f.yaml");
    return documents ? "none" : to_string(documents.error());
}

/// `levels` mappings, one in the other, around a scalar.
std::string nested_mappings(int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i)
        text +=
            std::string(static_cast<std::size_t>(i), ' ') + (i + 1 < levels ? "a:\n" : "a: x\n");
    return text;
}

}  // namespace

TEST_CASE("YAML: 32 levels are read, one more is told with its line") {
    CHECK(problem_of(nested_mappings(32)) == "none");
    CHECK(problem_of(nested_mappings(33)) == "f.yaml:33: Nested deeper than 32 levels.");
}

TEST_CASE("YAML: nesting without end costs no stack, in flow and in block") {
    CHECK(problem_of(std::string(200'000, '[')) != "none");
    CHECK(problem_of(std::string(200'000, '{')) != "none");
    std::string block;
    for (int i = 0; i < 200'000; ++i)
        block += "- ";
    CHECK(problem_of(block) != "none");
}

TEST_CASE("YAML: 10,000 values are read, one more is refused, once") {
    auto const list_of = [](int items) {
        std::string text;
        for (int i = 0; i < items; ++i)
            text += "- x\n";
        return text;
    };
    CHECK(problem_of(list_of(9'999)) == "none");
    CHECK(
        problem_of(list_of(10'005)) ==
        "f.yaml:10000: More than 10,000 values (aliases counted as often as used).");
}

TEST_CASE("YAML: a file of 1 MiB is read, one byte more is not") {
    std::string const most = "a: " + std::string((1 << 20) - 3, 'x');
    CHECK(problem_of(most) == "none");
    CHECK(problem_of(most + "x") == "f.yaml: Larger than 1 MiB.");
}

TEST_CASE("YAML: every key that stands twice is told, at every level") {
    CHECK(
        problem_of("a: 1\nb:\n  c: 1\n  c: 2\n\"a\": 2\n") ==
        "f.yaml:4: The key \"c\" stands twice in one mapping; remove one.\n"
        "f.yaml:5: The key \"a\" stands twice in one mapping; remove one.");
}

TEST_CASE("YAML: a key that is no text is a fault, for JSON has no such") {
    for (auto const* text : {"[a, b]: 1\n", "{a: 1}: 1\n", "? [x]\n: y\n"}) {
        INFO(text);
        CHECK(problem_of(text) == "f.yaml:1: A key must be plain text.");
    }
}

TEST_CASE("YAML: numbers that a double or an int64 does not hold stay the text they are") {
    auto const documents = parse_yaml(
        "a: 9223372036854775807\nb: 9223372036854775808\nc: -9223372036854775808\nd: 1e999\n"
        "e: +5\nf: .5\ng: 1_000\nh: 0x10\ni: 0o7\nj: .inf\nk: 1.2.3\nl: '-'\n",
        "f");
    REQUIRE(documents);
    CHECK(
        dump_json(documents->front().value) ==
        R"({"a":9223372036854775807,"b":"9223372036854775808","c":-9223372036854775808,)"
        R"("d":"1e999","e":5,"f":0.5,"g":"1_000","h":"0x10","i":"0o7","j":".inf","k":"1.2.3",)"
        R"("l":"-"})");
}

TEST_CASE("YAML: the words of YAML 1.1 that are no truth values in 1.2 are texts") {
    auto const documents = parse_yaml("[yes, no, on, off, y, n, True, FALSE, Null, ~]", "f");
    REQUIRE(documents);
    CHECK(
        dump_json(documents->front().value) ==
        R"(["yes","no","on","off","y","n",true,false,null,null])");
}

TEST_CASE("YAML: an alias is what it stands for, and an unknown one a fault") {
    auto const documents = parse_yaml("a: &x {k: [1]}\nb: *x\n", "f");
    REQUIRE(documents);
    CHECK(dump_json(documents->front().value) == R"({"a":{"k":[1]},"b":{"k":[1]}})");
    CHECK(problem_of("a: *none\n").starts_with("f.yaml:1: Not valid YAML: "));
}

TEST_CASE("YAML: faults of all documents are told, and none is handed out") {
    CHECK(
        problem_of("a: 1\na: 2\n---\nb: ok\n---\nc: !x 1\n") ==
        "f.yaml:2: The key \"a\" stands twice in one mapping; remove one.\n"
        "f.yaml:6: The tag !x is not allowed.");
}

TEST_CASE("YAML: control characters are refused raw and read escaped") {
    CHECK(
        problem_of(std::string("a: \x1b[0m\n")) ==
        "f.yaml: Not UTF-8 text without control characters.");
    auto const documents = parse_yaml(R"(a: "\e[0m\0")", "f");
    REQUIRE(documents);
    CHECK(string_at(documents->front().value, "a") == std::string("\x1b[0m\0", 5));
}

TEST_CASE("YAML: a place is the file alone where not even its first line is known") {
    YamlDocument const none;
    CHECK(none.place("f.yaml", "spec/x") == "f.yaml");
}

TEST_CASE("YAML: texts that would read as something else are written as texts") {
    for (std::string const text :
         {"yes",
          "null",
          "~",
          "1",
          "-1.5e3",
          "0x10",
          "",
          " lead",
          "trail ",
          "a: b",
          "# no comment",
          "- item",
          "? key",
          "*alias",
          "&anchor",
          "!tag",
          "%dir",
          "@at",
          "`tick",
          "{",
          "[",
          "]",
          "a #b",
          "a\tb",
          "\r\n",
          "line\n",
          "\nline\n",
          "  in\n",
          "\xc2\x85",
          "\xe2\x80\xa8",
          "\xef\xbb\xbf"}) {
        Json const value = {{text, text}, {"list", {text, text}}};
        INFO(dump_yaml(value));
        auto const documents = parse_yaml(dump_yaml(value), "f");
        REQUIRE(documents);
        REQUIRE(documents->size() == 1);
        CHECK(dump_json(documents->front().value) == dump_json(value));
    }
}
