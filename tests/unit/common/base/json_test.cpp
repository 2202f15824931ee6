// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("JSON: malformed and too deep documents are refused, never thrown (F46)") {
    for (std::string const text : {"", "{", "[1,]", "{\"a\":1}x", "\xff", "1e999"}) {
        INFO(text);
        CHECK_FALSE(parse_json(text));
    }
    CHECK_FALSE(parse_json(std::string(100'000, '[')));
    CHECK(parse_json(std::string(60, '[') + std::string(60, ']')));
}

TEST_CASE("JSON: a member is found by its path, and another type is as good as none") {
    Json const value = parse_json(R"({"a":{"b":"text","n":5,"f":1.5,"t":true}})").value();
    CHECK(string_at(value, "a/b") == "text");
    CHECK(string_at(value, "a/n", "none") == "none");
    CHECK(integer_at(value, "a/n") == 5);
    CHECK_FALSE(integer_at(value, "a/f"));
    CHECK(number_at(value, "a/f") == 1.5);
    CHECK(bool_at(value, "a/t", false));
    CHECK(find_json(value, "a/b/c") == nullptr);
    CHECK_FALSE(integer_at(parse_json("18446744073709551615").value(), ""));
}

TEST_CASE("JSON: a fault's place is one pointer, also of a reader of a part") {
    Json const value = parse_json(R"({"n":"x"})").value();
    JsonReader reader(value, "Trigger a/b /spec");
    reader.optional_integer("n", 1, 0, 10);
    reader.fault("", "is empty.");
    CHECK(reader.faults()[0].place == "Trigger a/b /spec/n");
    CHECK(reader.faults()[1].place == "Trigger a/b /spec");
}

TEST_CASE("JSON: a reader collects every fault with its place") {
    Json const value = parse_json(R"({"name":"","count":"five","list":{}})").value();
    JsonReader reader(value, "file");
    reader.required_string("name");
    reader.required_string("missing");
    reader.optional_integer("count", 1, 0, 10);
    reader.optional_array("list");
    CHECK(
        to_string(reader.faults()) ==
        "file /name: must not be empty.\n"
        "file /missing: is required.\n"
        "file /count: must be a whole number from 0 to 10, not \"five\".\n"
        "file /list: must be a list.");
}

TEST_CASE("JSON: bytes that are not UTF-8 are written as U+FFFD") {
    CHECK(dump_json(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("JSON: 64 levels are read and 65 refused as what they are") {
    auto const nested = [](int levels) {
        std::string text;
        for (int i = 0; i < levels; ++i)
            text += i % 2 == 0 ? "[" : R"({"a":)";
        text += '1';
        for (int i = levels - 1; i >= 0; --i)
            text += i % 2 == 0 ? "]" : "}";
        return text;
    };
    CHECK(parse_json(nested(json_depth_max)));
    auto const deeper = parse_json(nested(json_depth_max + 1));
    REQUIRE_FALSE(deeper);
    CHECK(deeper.error().detail == "JSON is nested deeper than 64 levels.");
}

TEST_CASE("JSON: a fault is told with its place, and a number beyond every range is one") {
    CHECK(parse_json(R"({"a":tru})").error().detail.starts_with("Not valid JSON at byte "));
    CHECK(parse_json(std::string("[1]\0x", 5)).error().detail == "Not valid JSON at byte 4.");
    CHECK(parse_json("1e999").error().detail == "A number in the JSON is out of range.");
}

TEST_CASE("JSON: of a key that stands twice the last value counts, as in a browser") {
    Json const value = parse_json(R"({"a":1,"b":2,"a":{"c":3}})").value();
    CHECK(dump_json(value) == R"({"a":{"c":3},"b":2})");
}

TEST_CASE("JSON: whole numbers are read over the range of int64, and none beyond") {
    auto const number = [](std::string const& text) {
        return integer_at(parse_json(text).value(), "");
    };
    CHECK(number("9223372036854775807") == INT64_MAX);
    CHECK(number("-9223372036854775808") == INT64_MIN);
    for (auto const* text : {"9223372036854775808", "1.0", "1e3", "\"1\"", "true", "null"}) {
        INFO(text);
        CHECK_FALSE(number(text));
    }
}

TEST_CASE("JSON: a path that leads through a list, or to nothing, finds nothing") {
    Json const value = parse_json(R"({"a":[{"b":1}],"":{"x":2}})").value();
    for (auto const* path : {"a/0", "a/b", "none", "a/0/b"}) {
        INFO(path);
        CHECK(find_json(value, path) == nullptr);
    }
    CHECK(find_json(value, "") == &value);
    CHECK(integer_at(value, "/x") == 2);
}

TEST_CASE("JSON: for people it is indented and ends its last line") {
    CHECK(
        dump_json_pretty(parse_json(R"({"b":[1],"a":{}})").value()) ==
        "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}\n");
}

TEST_CASE("JSON reader: null is as good as absent, another type is a fault in its own words") {
    Json const value =
        parse_json(
            R"({"s":null,"n":null,"b":null,"l":null,"o":null,"s2":1,"n2":1.5,"b2":"yes","o2":[]})")
            .value();
    JsonReader reader(value, "file");
    CHECK(reader.optional_string("s", "fallback") == "fallback");
    CHECK(reader.optional_integer("n", 7, 0, 10) == 7);
    CHECK(reader.optional_bool("b", true));
    CHECK(reader.optional_array("l") == nullptr);
    CHECK(reader.optional_object("o") == nullptr);
    CHECK(reader.faults().empty());
    CHECK(reader.optional_string("s2", "fallback") == "fallback");
    CHECK(reader.optional_integer("n2", 7, 0, 10) == 7);
    CHECK(reader.optional_bool("b2", true));
    CHECK(reader.optional_object("o2") == nullptr);
    CHECK(reader.required_string("o2").empty());
    CHECK(
        to_string(reader.take_faults()) ==
        "file /s2: must be a string.\n"
        "file /n2: must be a whole number from 0 to 10, not 1.5.\n"
        "file /b2: must be true or false, not \"yes\".\n"
        "file /o2: must be a mapping.\n"
        "file /o2: must be a string.");
}

TEST_CASE("JSON reader: what is right is handed out, the bounds of a number included") {
    Json const value =
        parse_json(R"({"s":"x","low":0,"high":10,"b":false,"l":[1],"o":{"k":1}})").value();
    JsonReader reader(value, "file");
    CHECK(reader.required_string("s") == "x");
    CHECK(reader.optional_integer("low", 5, 0, 10) == 0);
    CHECK(reader.optional_integer("high", 5, 0, 10) == 10);
    CHECK_FALSE(reader.optional_bool("b", true));
    CHECK(reader.optional_array("l")->size() == 1);
    CHECK(reader.optional_object("o")->size() == 1);
    CHECK(reader.faults().empty());
}
