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
