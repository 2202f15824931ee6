// SPDX-License-Identifier: Apache-2.0
#include "common/base/clock.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Time: RFC 3339 is written without trailing zeros and read back the same") {
    for (auto const* text :
         {"2026-11-22T10:03:53.47284644Z", "2026-11-22T10:03:53Z", "1999-12-31T23:59:59.9Z",
          "2026-02-28T00:00:00.000000001Z"}) {
        INFO(text);
        CHECK(format_rfc3339(parse_rfc3339(text).value()) == text);
    }
}

TEST_CASE("Time: offsets are taken into account, and a time without one is UTC") {
    CHECK(
        parse_rfc3339("2026-11-22T12:00:00+02:00").value() ==
        parse_rfc3339("2026-11-22T10:00:00Z").value());
    CHECK(
        parse_rfc3339("2026-11-22T08:30:00-01:30").value() ==
        parse_rfc3339("2026-11-22T10:00:00").value());
}

TEST_CASE("Time: what is no time is refused") {
    for (auto const* text :
         {"", "now", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01", "9999-01-01T00:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

// attack 15, reports 8
TEST_CASE("Time: RFC 3339 is the whole range of years, and has an offset") {
    for (auto const* text :
         {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1677-01-01T00:00:00.123456789012Z",
          "2262-06-17t12:52:43z", "2016-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00"}) {
        INFO(text);
        CHECK(is_rfc3339(text));
    }
    for (auto const* text :
         {"2020-06-17T12:52:43", "2020-06-17", "20200617T125243Z", "10000-01-01T00:00:00Z",
          "2020-06-17T12:52:43GMT", "2020-06-17T12:52:61Z", "2020-02-30T00:00:00Z",
          "2020-06-17T12:52:43+2:00", "2020-06-17T12:52:43.Z"}) {
        INFO(text);
        CHECK_FALSE(is_rfc3339(text));
    }
}

TEST_CASE("Duration: ISO 8601 as Knative writes it, in milliseconds") {
    CHECK(parse_iso8601_duration("PT0.2S").value() == 200ms);
    CHECK(parse_iso8601_duration("PT1M30S").value() == 90s);
    CHECK(parse_iso8601_duration("P1DT1H").value() == 25h);
    for (auto const* text : {"", "P", "PT", "0.2S", "PT-1S", "P1M", "PTS", "P99999999D", "PT1SX"}) {
        INFO(text);
        CHECK_FALSE(parse_iso8601_duration(text));
    }
}
