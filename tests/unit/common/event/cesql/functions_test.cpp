// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/functions.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/common/event/cesql/expression_under_test.hpp"

using namespace millrace::cesql;

TEST_CASE("CESQL functions: lengths and places count characters, not bytes") {
    CHECK(result_of("LENGTH('äöü€😀')") == "5");
    CHECK(result_of("LEFT('äöü', 2)") == "'äö'");
    CHECK(result_of("RIGHT('äöü', 2)") == "'öü'");
    CHECK(result_of("SUBSTRING('äöü€', 2, 2)") == "'öü'");
    CHECK(result_of("SUBSTRING('äöü€', -1)") == "'€'");
}

TEST_CASE("CESQL functions: a count or a place that cannot be is told, with the value it gives") {
    std::string const negative = "a number of characters must not be negative)";
    std::string const outside = "a place must be within the text)";
    CHECK(result_of("LEFT('abc', -1)") == R"('abc' (column 1: "LEFT" )" + negative);
    CHECK(result_of("RIGHT('abc', -2147483648)") == R"('abc' (column 1: "RIGHT" )" + negative);
    CHECK(result_of("SUBSTRING('abc', 1, -1)") == R"('' (column 1: "SUBSTRING" )" + negative);
    CHECK(result_of("SUBSTRING('abc', 4)") == R"('' (column 1: "SUBSTRING" )" + outside);
    CHECK(result_of("SUBSTRING('abc', -4, 1)") == R"('' (column 1: "SUBSTRING" )" + outside);
    CHECK(result_of("SUBSTRING('', 1)") == R"('' (column 1: "SUBSTRING" )" + outside);
    CHECK(result_of("SUBSTRING('abc', -2147483648)").find("''") == 0);
    CHECK(error_of("LEFT('abc', -1)") == ErrorKind::function_evaluation);
    // What is around it is zero, not the text that LEFT gave.
    CHECK(result_of("LENGTH(LEFT('abc', -1))").find("0 (") == 0);
}

TEST_CASE("CESQL functions: counts beyond the text give all of it") {
    CHECK(result_of("LEFT('abc', 2147483647)") == "'abc'");
    CHECK(result_of("RIGHT('abc', 2147483647)") == "'abc'");
    CHECK(result_of("SUBSTRING('abc', 2, 2147483647)") == "'bc'");
    CHECK(result_of("SUBSTRING('abc', 3, 0)") == "''");
}

TEST_CASE("CESQL functions: letters of other alphabets have cases, too") {
    CHECK(result_of("LOWER('ÄÖÜ ΣΩ ЖЯ ĀŽ Az09')") == "'äöü σω жя āž az09'");
    CHECK(result_of("UPPER('äöü σω жя āž az09 ÿ')") == "'ÄÖÜ ΣΩ ЖЯ ĀŽ AZ09 Ÿ'");
    CHECK(result_of("UPPER('straße 日本 😀')") == "'STRAßE 日本 😀'");
    CHECK(result_of("LOWER('\xff\xc3 A')") == "'\xff\xc3 a'");
    CHECK(result_of("UPPER('𐐨')") == "'𐐀'");
}

TEST_CASE("CESQL functions: TRIM takes Unicode's white space, and nothing else") {
    CHECK(result_of("TRIM('\t\r\n a b \v')") == "'a b'");
    CHECK(result_of("TRIM('\xc2\xa0\xe3\x80\x80 a\xe2\x80\xa8')") == "'a'");
    CHECK(result_of("TRIM('   ')") == "''");
    CHECK(result_of("TRIM('\x01 a \x01')") == "'\x01 a \x01'");
    CHECK(result_of("TRIM('\xe2\x80\x8b')") == "'\xe2\x80\x8b'");  // ZERO WIDTH SPACE is none
}

TEST_CASE("CESQL functions: texts are joined, whatever their type was") {
    CHECK(result_of("CONCAT(1, TRUE, 'x', -5, FALSE)") == "'1truex-5false'");
    CHECK(result_of("CONCAT_WS(0, 'a', 'b', 'c', 'd', 'e')") == "'a0b0c0d0e'");
    CHECK(result_of("CONCAT_WS(', ', '', '')") == "', '");
}

TEST_CASE("CESQL functions: an expression makes 64 KiB of texts at most") {
    std::string const value(8192, 'v');
    GivenAttributes const event{{"v", std::string_view(value)}};
    CHECK(result_of("LENGTH(CONCAT(v, v, v, v, v, v, v, v))", event) == "65536");
    CHECK(error_of("LENGTH(CONCAT(v, v, v, v, v, v, v, v, 1))", event) == ErrorKind::generic);
    std::string doubled = "v";
    for (int i = 0; i < 8; ++i)
        doubled = "CONCAT(" + doubled + "," + doubled + ")";
    CHECK(result_of(doubled, event).find("makes more than 64 KiB of texts") != std::string::npos);
    CHECK(error_of("CONCAT(LOWER(v), UPPER(v), LOWER(v), v, v, v)", event) == ErrorKind::generic);
}
