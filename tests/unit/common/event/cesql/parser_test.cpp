// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/parser.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/common/event/cesql/expression_under_test.hpp"

using namespace millrace;
using namespace millrace::cesql;

namespace {

/// `text` again and again.
std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

std::string call_faults_of(std::string_view text) {
    auto const expression = parse(text);
    REQUIRE(expression);
    return to_string(call_faults(*expression));
}

}  // namespace

TEST_CASE("CESQL parser: what binds closer is done first") {
    CHECK(result_of("4 * 2 + 4 / 2") == "10");
    CHECK(result_of("1 + 2 = 3") == "true");
    CHECK(result_of("1 = 1 AND 2 = 3") == "false");
    CHECK(result_of("2 * 12 LIKE '12'") == "2");
}

TEST_CASE("CESQL parser: NOT and minus bind closer than LIKE, IN and comparisons") {
    // Given what would be true if NOT were of all that follows
    CHECK(result_of("NOT TRUE = FALSE") == "true");
    CHECK(result_of("NOT TRUE IN (FALSE)") == "true");
    CHECK(result_of("NOT FALSE LIKE 'false'") == "false");
    CHECK(result_of("- 1 LIKE '-_'") == "true");
}

TEST_CASE("CESQL parser: LIKE and IN bind closer than arithmetic and follow one another") {
    CHECK(result_of("1 + TRUE IN (TRUE)") == "2");
    CHECK(result_of("'a' LIKE 'a' LIKE 't%' IN (1)") == "true");
    CHECK(result_of("2 NOT IN (1) NOT LIKE 'true'") == "false");
}

TEST_CASE("CESQL parser: operators of one precedence group from left to right") {
    CHECK(result_of("10 - 3 - 2") == "5");
    CHECK(result_of("20 / 2 / 5") == "2");
    CHECK(result_of("7 % 4 * 2") == "6");
    CHECK(result_of("1 = 1 = TRUE") == "true");
    CHECK(result_of("3 > 2 = TRUE") == "true");
}

TEST_CASE("CESQL parser: AND, OR and XOR are of one precedence and group from right to left") {
    CHECK(result_of("FALSE AND FALSE OR TRUE") == "false");
    CHECK(result_of("(FALSE AND FALSE) OR TRUE") == "true");
    CHECK(result_of("TRUE OR TRUE AND FALSE") == "true");
    CHECK(result_of("TRUE XOR TRUE OR TRUE") == "false");
    CHECK(result_of("(TRUE XOR TRUE) OR TRUE") == "true");
    CHECK(result_of("TRUE XOR TRUE XOR TRUE") == "true");
    CHECK(result_of("TRUE XOR FALSE AND TRUE") == "true");
}

TEST_CASE("CESQL parser: a sign belongs to the digits only where a value can stand") {
    CHECK(result_of("4 - 1") == "3");
    CHECK(result_of("4 -1") == "3");
    CHECK(result_of("4-1") == "3");
    CHECK(result_of("4 - -1") == "5");
    CHECK(result_of("4+ +1") == "5");
    CHECK(result_of("--10") == "10");
    CHECK(result_of("-2147483648") == "-2147483648");
    CHECK(fault_of("+ 5") == "column 3: Expected digits right after the sign +, found \"5\".");
    CHECK(fault_of("+a").find("column 2: Expected digits right after the sign +") == 0);
}

TEST_CASE("CESQL parser: a number beyond 32 bits is a fault") {
    std::string const wanted = ": A whole number must be from -2147483648 to 2147483647.";
    CHECK(fault_of("a = 2147483648") == "column 5" + wanted);
    CHECK(fault_of("-2147483649") == "column 1" + wanted);
    CHECK(fault_of("- 2147483648") == "column 3" + wanted);
    CHECK(fault_of(repeated("9", 1000)) == "column 1" + wanted);
}

TEST_CASE("CESQL parser: a fault has its column and says what was expected") {
    struct Case {
        std::string expression;
        std::string fault;
    };
    std::string const value =
        "Expected a value (an attribute, a number, a text in quotes, true, false, a function or "
        "()";
    std::vector<Case> const cases = {
        {"", "column 1: " + value + ", found the end."},
        {"a =", "column 4: " + value + ", found the end."},
        {"a = = b", "column 5: " + value + ", found \"=\"."},
        {"a b", "column 3: Expected an operator or the end, found \"b\"."},
        {"'a''b'", "column 4: Expected an operator or the end, found a text."},
        {"(a", "column 3: Expected an operator or ), found the end."},
        {"a)", "column 2: Expected an operator or the end, found \")\"."},
        {"()", "column 2: " + value + ", found \")\"."},
        {"ABC(", "column 5: " + value + ", found the end."},
        {"LEFT('a' 1)", "column 10: Expected an operator, a comma or ), found \"1\"."},
        {"LEFT('a',)", "column 10: " + value + ", found \")\"."},
        {"IS_INT", "column 7: Expected ( after the function IS_INT, found the end."},
        {"A1(2)", "column 1: The name of a function has letters and underscores only."},
        {"x LIKE 123", "column 8: Expected a text in quotes after LIKE, found \"123\"."},
        {"x LIKE y", "column 8: Expected a text in quotes after LIKE, found \"y\"."},
        {"x NOT = y", "column 7: Expected LIKE or IN after NOT, found \"=\"."},
        {"x IN ()", "column 7: Expected a value, found \")\"."},
        {"x IN y", "column 6: Expected ( and a list of values after IN, found \"y\"."},
        {"EXISTS 'x'", "column 8: Expected the name of an attribute after EXISTS, found a text."},
        {"a AND b;", "column 8: \";\" has no meaning here."},
        {"ä", "column 1: \"ä\" has no meaning here."},
        {"'ä' = 'b", "column 7: The text that begins here has no closing '."},
    };
    for (Case const& one : cases) {
        INFO(one.expression);
        CHECK(fault_of(one.expression) == one.fault);
    }
}

TEST_CASE("CESQL parser: unknown functions and wrong numbers of arguments are faults beside it") {
    CHECK(call_faults_of("LENGTH(a) = LENGTH(b) AND concat() = ''").empty());
    CHECK(call_faults_of("1 = WEEKDAY(a)") == "column 5: There is no function WEEKDAY.");
    CHECK(
        call_faults_of("LENGHT(a)") ==
        "column 1: There is no function LENGHT; did you mean LENGTH?");
    CHECK(
        call_faults_of("LEFT(a) = SUBSTRING(a) AND CONCAT_WS() = ''") ==
        "column 1: LEFT takes 2 arguments, not 1.\n"
        "column 11: SUBSTRING takes 2 or 3 arguments, not 1.\n"
        "column 28: CONCAT_WS takes 1 or more arguments, not 0.");
}

TEST_CASE("CESQL parser: 16 KiB are read, one byte more is refused") {
    std::string const longest = "'" + std::string(expression_bytes_max - 2, 'a') + "'";
    CHECK(fault_of(longest) == "none");
    CHECK(fault_of(longest + " ") == "column 1: The expression is longer than 16 KiB.");
}

TEST_CASE("CESQL parser: nesting of every kind is bounded by 500") {
    struct Case {
        std::string open;
        std::string close;
    };
    std::vector<Case> const cases = {{"(", ")"},    {"NOT ", ""},    {"- ", ""},
                                     {"ABS(", ")"}, {"1 IN (", ")"}, {"1+(1*", ")"}};
    for (Case const& one : cases) {
        INFO(one.open);
        auto const nested = [&](std::size_t times) {
            return repeated(one.open, times) + "1" + repeated(one.close, times);
        };
        CHECK(fault_of(nested(depth_max - 1)) == "none");
        CHECK(
            fault_of(nested(depth_max)).find("The expression is nested deeper than 500.") !=
            std::string::npos);
        result_of(nested(depth_max - 1));
    }
    CHECK(fault_of(repeated("(", expression_bytes_max)).find("column 501: ") == 0);
}

TEST_CASE("CESQL parser: a chain of operators may be as long as an expression") {
    for (std::string const link :
         {" AND 1", " OR 0", " XOR 0", "=1", "+0", "-0", "*1", "/1", "<2", " IN (1)",
          " LIKE '1'"}) {
        INFO(link);
        std::string const chain = "1" + repeated(link, (expression_bytes_max - 1) / link.size());
        CHECK(fault_of(chain) == "none");
        CHECK(result_of(chain).size() < 10);
    }
    CHECK(result_of("CONCAT('a'" + repeated(",b", 8000) + ")").find("'' (column 12:") == 0);
}
