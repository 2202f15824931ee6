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

TEST_CASE("Time: the first and the last year that 64 bits of nanoseconds hold are read") {
    for (auto const* text : {"1678-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z"}) {
        INFO(text);
        CHECK(format_rfc3339(parse_rfc3339(text).value()) == text);
    }
    for (auto const* text :
         {"1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "0000-01-01T00:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

TEST_CASE("Time: a fraction is cut at the nanosecond, not rounded") {
    CHECK(
        format_rfc3339(parse_rfc3339("2026-01-01T00:00:00.1234567899Z").value()) ==
        "2026-01-01T00:00:00.123456789Z");
}

TEST_CASE("Time: before 1970 the fraction still counts forwards") {
    CHECK(format_rfc3339(SystemTime(-1ns)) == "1969-12-31T23:59:59.999999999Z");
    CHECK(format_rfc3339(SystemTime(-1500ms)) == "1969-12-31T23:59:58.5Z");
}

TEST_CASE("Time: February 29 is a day of leap years alone") {
    for (auto const* text : {"2024-02-29T00:00:00Z", "2000-02-29T00:00:00Z"})
        CHECK(parse_rfc3339(text));
    for (auto const* text :
         {"2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z"})
        CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("Time: an offset has hours and minutes of a day, and nothing behind it") {
    for (auto const* text :
         {"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0100",
          "2026-01-01T00:00:00+01", "2026-01-01T00:00:00+01:00 ", "2026-01-01T00:00:00ZZ"}) {
        INFO(text);
        CHECK_FALSE(is_rfc3339(text));
        CHECK_FALSE(parse_rfc3339(text));
    }
    CHECK(is_rfc3339("2026-01-01T00:00:00-23:59"));
}

TEST_CASE("Time: the fault shows the value, shortened, and what one looks like") {
    std::string const detail = parse_rfc3339(std::string(1000, 'x')).error().detail;
    CHECK(
        detail ==
        "\"" + std::string(64, 'x') + "\" is no RFC 3339 time, such as 2026-11-22T10:03:53.5Z.");
}

TEST_CASE("Duration: the greater unit comes first, each once, and T has something behind it") {
    for (auto const* text :
         {"PT1S1M", "PT1M1H", "PT1S1S", "P1D1W", "P1DT", "P1T", "P1H", "PT1D", "PT1W"}) {
        INFO(text);
        CHECK_FALSE(parse_iso8601_duration(text));
    }
    CHECK(parse_iso8601_duration("P1W2DT3H4M5.5S").value() == 24h * 9 + 3h + 4min + 5500ms);
}

TEST_CASE("Duration: it is finite and at most 10,000 days") {
    CHECK(parse_iso8601_duration("P10000D").value() == std::chrono::days(10'000));
    for (auto const* text :
         {"P10000DT0.1S", "P10001D", "PTinfS", "PTnanS", "PT1e9S", "PT999999999999999999999S"}) {
        INFO(text);
        CHECK_FALSE(parse_iso8601_duration(text));
    }
    CHECK(
        parse_iso8601_duration("soon").error().detail ==
        "\"soon\" is no ISO 8601 duration, such as PT0.2S or PT1M.");
}
