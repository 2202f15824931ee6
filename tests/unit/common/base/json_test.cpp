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
