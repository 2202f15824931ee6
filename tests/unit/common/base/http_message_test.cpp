// SPDX-License-Identifier: Apache-2.0
#include "common/base/http_message.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

SystemTime const now = parse_rfc3339("2026-11-22T10:00:00Z").value();

}  // namespace

TEST_CASE("HTTP-date: all three forms of RFC 9110 give the same moment") {
    SystemTime const at = parse_rfc3339("1994-11-06T08:49:37Z").value();
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == at);
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == at);
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == at);
}

TEST_CASE("HTTP-date: what is none, and what no calendar has, is refused") {
    for (char const* text :
         {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 30 Feb 2026 00:00:00 GMT", "Sun, 06 Nov 1066 08:49:37 GMT",
          "Sun, 06 Nov 1994 25:49:37 GMT"})
        CHECK_FALSE(parse_http_date(text));
    CHECK_FALSE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT" + std::string(1000, ' ')));
}

TEST_CASE("Retry-After: seconds and dates are read; a date gone by is now") {
    CHECK(retry_after("7", now) == 7s);
    CHECK(retry_after("0", now) == 0ms);
    CHECK(retry_after("Sun, 22 Nov 2026 10:00:30 GMT", now) == 30s);
    CHECK(retry_after("Sun, 22 Nov 2026 09:00:00 GMT", now) == 0ms);
}

TEST_CASE("Retry-After: however long it is, it is bounded") {
    CHECK(retry_after("86401", now) == retry_after_max);
    CHECK(retry_after("99999999999999999999", now) == retry_after_max);
    CHECK(retry_after("Fri, 22 Nov 2126 10:00:30 GMT", now) == retry_after_max);
}

TEST_CASE("Retry-After: anything else is no value at all") {
    for (char const* garbage : {"", "-1", "7s", "soon", "1.5", " 7", "0x10"})
        CHECK_FALSE(retry_after(garbage, now));
}

TEST_CASE("Headers: a name is found in any case, the first value counts") {
    Headers headers{{"Content-Type", "a/b"}, {"X-Many", "1"}};
    headers.add("x-many", "2");
    CHECK(headers.get("content-type") == "a/b");
    CHECK(headers.get("X-MANY") == "1");
    CHECK(headers.size() == 3);
    CHECK(headers.contains("x-Many"));
    CHECK_FALSE(headers.contains("x-man"));
    CHECK(headers.get("none").empty());
}

TEST_CASE("Headers: what is set replaces every value of that name, what is removed is gone") {
    Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
    headers.set("a", "4");
    CHECK(headers.get("A") == "4");
    CHECK(headers.size() == 2);
    headers.remove("B");
    CHECK_FALSE(headers.contains("b"));
    headers.remove("none");
    CHECK(headers.size() == 1);
}

TEST_CASE("Headers: case is that of ASCII alone") {
    CHECK(equals_ignoring_case("AZaz-09", "azAZ-09"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));
    CHECK_FALSE(equals_ignoring_case("\xc3\x84", "\xc3\xa4"));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
}

TEST_CASE("Media type: without parameters and white space, in lower case") {
    for (auto const* value :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          " application/json\t;q=1", "application/json;"}) {
        INFO(value);
        CHECK(media_type(value) == "application/json");
    }
    CHECK(media_type("").empty());
    CHECK(media_type(";charset=utf-8").empty());
}

TEST_CASE("Query: a value is found by its whole name and decoded, the first one counts") {
    HttpRequest request;
    request.query = "q=a+b%2Bc%20d&empty=&flag&q=second&q2=x";
    CHECK(request.query_value("q") == "a b+c d");
    CHECK(request.query_value("q2") == "x");
    for (auto const* name : {"empty", "flag", "none", "", "Q"}) {
        INFO(name);
        CHECK(request.query_value(name).empty());
    }
}

TEST_CASE("Query: a broken escape is no value, and odd separators stop nothing") {
    HttpRequest request;
    request.query = "&&a=%zz&=x&b=1=2&";
    CHECK(request.query_value("a").empty());
    CHECK(request.query_value("b") == "1=2");
}
