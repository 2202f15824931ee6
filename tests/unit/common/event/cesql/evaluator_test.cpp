// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/evaluator.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/common/event/cesql/expression_under_test.hpp"

using namespace millrace;
using namespace millrace::cesql;

namespace {

struct Case {
    std::string expression;
    std::string result;
};

void check_all(std::vector<Case> const& cases, Attributes const& attributes = GivenAttributes()) {
    for (Case const& one : cases) {
        INFO(one.expression);
        CHECK(result_of(one.expression, attributes) == one.result);
    }
}

}  // namespace

TEST_CASE("CESQL evaluator: an attribute has the event's type, in whatever case it is named") {
    GivenAttributes const event{
        {"vmname", "prod-01"}, {"count", 5}, {"isnew", true}, {"ttl", "10"}};
    check_all(
        {{"vmname", "'prod-01'"},
         {"VmName", "'prod-01'"},
         {"count", "5"},
         {"isnew", "true"},
         {"count + 1", "6"},
         {"ttl + 1", "11"},
         {"count < ttl", "true"},
         {"ttl = 10", "true"},
         {"10 = ttl", "true"},
         {"ttl = '010'", "false"}},
        event);
}

TEST_CASE("CESQL evaluator: an attribute that is missing makes the operation around it zero") {
    check_all(
        {{"a", R"(false (column 1: "a" is no attribute of the event))"},
         {"5 * missing", R"(0 (column 5: "missing" is no attribute of the event))"},
         {"1 / missing = 3", R"(false (column 5: "missing" is no attribute of the event))"},
         {"CONCAT('a', missing)", R"('' (column 13: "missing" is no attribute of the event))"},
         {"missing NOT LIKE 'a'", R"(false (column 1: "missing" is no attribute of the event))"},
         {"1 NOT IN (2, missing)", R"(false (column 14: "missing" is no attribute of the event))"},
         {"NOT missing", R"(false (column 5: "missing" is no attribute of the event))"}});
    CHECK(error_of("a") == ErrorKind::missing_attribute);
}

TEST_CASE("CESQL evaluator: what is required exists always, the rest where the event has it") {
    GivenAttributes const event{{"vmname", "x"}};
    check_all(
        {{"EXISTS id AND EXISTS source AND EXISTS type AND EXISTS specversion", "true"},
         {"EXISTS subject", "false"},
         {"EXISTS VMName", "true"},
         {"NOT EXISTS vmname", "false"}},
        event);
}

TEST_CASE("CESQL evaluator: what a left operand settles is not evaluated") {
    GivenAttributes const event{{"a", true}};
    CHECK(result_of("FALSE AND a", event) == "false");
    CHECK(result_of("TRUE OR a", event) == "true");
    CHECK(result_of("1 IN (1, a, 1 / 0)", event) == "true");
    CHECK(event.asked() == 0);
    CHECK(result_of("FALSE XOR a", event) == "true");
    CHECK(event.asked() == 1);
}

TEST_CASE("CESQL evaluator: the first error ends it") {
    GivenAttributes const event{{"a", true}};
    CHECK(result_of("1 / 0 = 1 AND a", event) == "false (column 5: a division by 0)");
    CHECK(event.asked() == 0);
}

TEST_CASE("CESQL evaluator: division is truncated and the remainder has the dividend's sign") {
    check_all(
        {{"7 / 2", "3"},
         {"-7 / 2", "-3"},
         {"7 / -2", "-3"},
         {"7 % 3", "1"},
         {"-7 % 3", "-1"},
         {"7 % -3", "1"},
         {"-2147483648 % -1", "0"},
         {"7 / 0", "0 (column 5: a division by 0)"},
         {"7 % 0", "0 (column 5: a division by 0)"}});
}

TEST_CASE("CESQL evaluator: what leaves 32 bits is a math error") {
    std::string const told = "the result is beyond 32 bits)";
    check_all(
        {{"2147483647 + 1", "0 (column 14: " + told},
         {"-2147483648 - 1", "0 (column 15: " + told},
         {"65536 * 65536", "0 (column 9: " + told},
         {"-2147483648 / -1", "0 (column 15: " + told},
         {"-(-2147483648)", "0 (column 1: " + told},
         {"ABS(-2147483648)", R"(2147483647 (column 1: "ABS" )" + told},
         {"2147483646 + 1", "2147483647"},
         {"1073741824 * -2", "-2147483648"}});
    CHECK(error_of("2147483647 + 1") == ErrorKind::math);
}

TEST_CASE("CESQL evaluator: equality is of the right operand's type, IN of the left's") {
    check_all(
        {{"'TRUE' = TRUE", "true"},
         {"TRUE = 'TRUE'", "false"},
         {"TRUE = 'true'", "true"},
         {"'01' = 1", "true"},
         {"1 = '01'", "false"},
         {"2 = TRUE", "true"},
         {"TRUE = 2", "false"},
         {"'a' != 'A'", "true"},
         {"'a' <> 'a'", "false"},
         {"'x' = 1", R"(false (column 1: "x" is no whole number of 32 bits))"},
         {"1 IN ('01')", "true"},
         {"'01' IN (1)", "false"},
         {"1 IN ('x', 1)", R"(false (column 7: "x" is no whole number of 32 bits))"}});
}

TEST_CASE("CESQL evaluator: less and greater are of integers") {
    check_all(
        {{"'5' < '10'", "true"},
         {"2 <= 2", "true"},
         {"TRUE > FALSE", "true"},
         {"1 >= 2", "false"},
         {"'a' < 'b'", R"(false (column 1: "a" is no whole number of 32 bits))"}});
}

TEST_CASE("CESQL evaluator: casts between all types") {
    check_all(
        {{"INT('+5')", "5"},
         {"INT('-5')", "-5"},
         {"INT('2147483648')", R"(0 (column 5: "2147483648" is no whole number of 32 bits))"},
         {"INT(' 5')", R"(0 (column 5: " 5" is no whole number of 32 bits))"},
         {"INT('+-5')", R"(0 (column 5: "+-5" is no whole number of 32 bits))"},
         {"INT('')", R"(0 (column 5: "" is no whole number of 32 bits))"},
         {"INT('1.5')", R"(0 (column 5: "1.5" is no whole number of 32 bits))"},
         {"BOOL('tRUE')", "true"},
         {"BOOL('yes')", R"(false (column 6: "yes" is neither true nor false))"},
         {"BOOL(-3)", "true"},
         {"STRING(-2147483648)", "'-2147483648'"},
         {"STRING(TRUE)", "'true'"},
         {"IS_INT('7') AND IS_INT(TRUE) AND IS_INT(7)", "true"},
         {"IS_INT('x')", "false"},
         {"IS_BOOL('TRUE') AND IS_BOOL(0)", "true"},
         {"is_bool('x')", "false"}});
    CHECK(error_of("INT('x')") == ErrorKind::cast);
}

TEST_CASE("CESQL evaluator: a function that there is not is an error where it is called") {
    CHECK(
        result_of("FOO(1)") ==
        R"(false (column 1: "FOO" is no function that takes so many arguments))");
    CHECK(error_of("1 = FOO()") == ErrorKind::missing_function);
    CHECK_FALSE(error_of("TRUE OR FOO()"));
}

TEST_CASE("CESQL evaluator: an error's words are cut, and are UTF-8 whatever the event has") {
    GivenAttributes const event{{"long", "ä\xff"}};
    CHECK(
        result_of("long + 1", event) ==
        "0 (column 1: \"ä\xef\xbf\xbd\" is no whole number of 32 bits)");
    std::string const much(5000, 'x');
    CHECK(result_of("1 + '" + much + "'").size() < 200);
}
