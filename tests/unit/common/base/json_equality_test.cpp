// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_equality.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

bool same(std::string_view left, std::string_view right) {
    return says_the_same(*parse_json(left), *parse_json(right));
}

}  // namespace

TEST_CASE("JSON equality: the order of members means nothing, at any depth") {
    CHECK(same(R"({"a": [{"b": 1, "c": 2}], "d": {}})", R"({"d": {}, "a": [{"c": 2, "b": 1}]})"));
}

TEST_CASE("JSON equality: everything else does") {
    CHECK_FALSE(same(R"([1, 2])", R"([2, 1])"));
    CHECK_FALSE(same(R"({"a": 1})", R"({"a": 2})"));
    CHECK_FALSE(same(R"({"a": 1})", R"({"b": 1})"));
    CHECK_FALSE(same(R"({"a": 1})", R"({"a": 1, "b": null})"));
    CHECK_FALSE(same(R"({"a": {}})", R"({"a": []})"));
    CHECK_FALSE(same("1", "\"1\""));
}
