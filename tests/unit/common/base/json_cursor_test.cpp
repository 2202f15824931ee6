// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_cursor.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

bool passes(std::string_view text) {
    JsonCursor at(text);
    at.value();
    return at.finish().has_value();
}

}  // namespace

TEST_CASE("JSON cursor: passes what the parser takes and nothing else") {
    std::vector<std::string> const texts = {
        "",
        "null",
        "nul",
        "true",
        "falsey",
        "0",
        "-0",
        "01",
        "-",
        "1.",
        "1.5e-3",
        "1e",
        "+1",
        ".5",
        "\"\"",
        "\"a\\n\\u00e9\\/\"",
        "\"\\u12\"",
        "\"\\x\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\"",
        "\"tab\t\"",
        "\"nul" + std::string(1, '\0') + "\"",
        "\"open",
        "[1]" + std::string(1, '\0') + "hidden",
        "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xe2\x82\"",
        "[]",
        "[ ]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "{}",
        "{ }",
        R"({"a":1,"b":[{"c":null}]})",
        R"({"a" : 1 , "b" : 2 })",
        R"({"a":1,})",
        R"({"a"})",
        R"({a:1})",
        R"({"a":1 "b":2})",
        R"({"a":})",
        R"([1}])",
        " [1] ",
        "[1] x",
        "\xef\xbb\xbf[1]",
        std::string(64, '[') + std::string(64, ']'),
        std::string(65, '[') + std::string(65, ']'),
        std::string(100'000, '['),
    };
    for (std::string const& text : texts) {
        INFO(text.substr(0, 80));
        CHECK(passes(text) == parse_json(text).has_value());
    }
}

TEST_CASE("JSON cursor: hands out members as they stand in the text") {
    JsonCursor at(R"( {"id" : "a\"b", "data": {"n": 1.0, "l": [1, 2]}, "\u0062": true} )");
    REQUIRE(at.enter_object());
    std::string_view name;
    REQUIRE(at.next_member(name));
    CHECK(name == "id");
    CHECK(json_text(at.value()) == "a\"b");
    REQUIRE(at.next_member(name));
    CHECK(at.value() == R"({"n": 1.0, "l": [1, 2]})");
    REQUIRE(at.next_member(name));
    CHECK(name == "b");
    CHECK(at.value() == "true");
    CHECK_FALSE(at.next_member(name));
    CHECK(at.finish());
}

TEST_CASE(
    "JSON cursor: a list of objects is walked in one pass; another value is left to value()") {
    JsonCursor at(R"([{"a":1},5,{}])");
    REQUIRE(at.enter_list());
    std::vector<std::string> seen;
    std::string_view name;
    while (at.next_element()) {
        if (!at.enter_object()) {
            seen.emplace_back(at.value());
            continue;
        }
        while (at.next_member(name))
            seen.push_back(std::string(name) + "=" + std::string(at.value()));
    }
    CHECK(at.finish());
    CHECK(seen == std::vector<std::string>{"a=1", "5"});
}

TEST_CASE("JSON cursor: a fault ends every walk and is told with its place") {
    JsonCursor at(R"({"a":tru,"b":1})");
    REQUIRE(at.enter_object());
    std::string_view name;
    REQUIRE(at.next_member(name));
    CHECK(at.value().empty());
    CHECK(at.failed());
    CHECK_FALSE(at.next_member(name));
    CHECK(at.finish().error().detail == "Not valid JSON at byte 6.");
}
