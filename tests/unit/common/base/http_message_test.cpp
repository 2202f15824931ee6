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
