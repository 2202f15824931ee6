// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_cursor.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

// reports, "beside the reports"
TEST_CASE("JsonCursor: halves of surrogate pairs pass where they are asked for, and are told") {
    std::string const text = R"({"cut\ud83d":["\ude00","\ud83d\ude00","\u00e9"]})";
    JsonCursor strict(text);
    strict.value();
    CHECK_FALSE(strict.finish());
    JsonCursor at(text, JsonCursor::Halves::passed);
    REQUIRE(at.enter_object());
    std::string_view name;
    REQUIRE(at.next_member(name));
    CHECK(name == R"(cut\ud83d)");
    CHECK(at.value() == R"(["\ude00","\ud83d\ude00","\u00e9"])");
    CHECK_FALSE(at.next_member(name));
    CHECK(at.finish());
    CHECK_FALSE(is_unicode_json(R"("\ude00")"));
    CHECK(is_unicode_json(R"("\ud83d\ude00")"));
    CHECK(is_unicode_json("\"plain\""));
    JsonCursor broken(R"("\ud8")", JsonCursor::Halves::passed);
    broken.value();
    CHECK_FALSE(broken.finish());
}
