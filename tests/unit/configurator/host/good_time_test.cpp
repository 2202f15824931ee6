// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/good_time.hpp"

#include "common/net/certificate_authority.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

constexpr seconds year = std::chrono::days(365);

SystemTime at(std::string_view text) {
    auto const time = parse_rfc3339(text);
    REQUIRE(time);
    return *time;
}

/// As issue_certificate makes one when the clock says `when`.
CertificateFacts made_at(std::string_view when, seconds life = year) {
    return {.subject = {}, .names = {}, .not_before = at(when) - 1h, .not_after = at(when) + life};
}

}  // namespace

TEST_CASE("good time: a certificate stays until two thirds of its life are over") {
    CertificateFacts const facts = made_at("2026-01-01T00:00:00Z");
    CHECK(is_in_good_time(facts, year, at("2026-01-01T00:00:00Z")));
    CHECK(is_in_good_time(facts, year, at("2026-08-31T00:00:00Z")));
    CHECK_FALSE(is_in_good_time(facts, year, at("2026-09-02T00:00:00Z")));
    CHECK_FALSE(is_in_good_time(facts, year, at("2027-01-02T00:00:00Z")));
    // Of one that lives for minutes the hour before it is made is no part.
    CertificateFacts const brief = made_at("2026-01-01T00:00:00Z", 3min);
    CHECK(is_in_good_time(brief, 3min, at("2026-01-01T00:01:59Z")));
    CHECK_FALSE(is_in_good_time(brief, 3min, at("2026-01-01T00:02:01Z")));
}

TEST_CASE("good time: what a clock has made that was years off is made anew when it is set right") {
    SystemTime const now = at("2026-11-28T12:00:00Z");
    CHECK_FALSE(is_in_good_time(made_at("2001-01-01T00:00:00Z"), year, now));
    CHECK_FALSE(is_in_good_time(made_at("2040-01-01T00:00:00Z"), year, now));
    // Ahead by less than what it begins early: valid, and no reason for another.
    CHECK(is_in_good_time(made_at("2026-11-28T12:50:00Z"), year, now));
}

TEST_CASE("good time: another life than it was made with makes it anew") {
    SystemTime const now = at("2026-11-28T12:00:00Z");
    CertificateFacts const facts = made_at("2026-11-28T12:00:00Z");
    CHECK_FALSE(is_in_good_time(facts, 3min, now));
    CHECK_FALSE(is_in_good_time(facts, year * 4, now));
}

TEST_CASE("good time: an authority without an end is so whatever the clock says") {
    CertificateFacts const endless{
        .subject = {}, .names = {}, .not_before = SystemTime(), .not_after = SystemTime::max()};
    constexpr seconds life = CertificateRequest::endless;
    for (auto const* now : {"1980-01-01T00:00:00Z", "2026-11-28T12:00:00Z", "2200-01-01T00:00:00Z"})
        CHECK(is_in_good_time(endless, life, at(now)));
    CHECK_FALSE(is_in_good_time(made_at("2026-11-28T12:00:00Z"), life, at("2026-11-28T12:00:00Z")));
}

TEST_CASE("clock: a step of a minute is seen, either way; what NTP corrects slowly is not") {
    CHECK(was_clock_set(1'000s, 1'060s));
    CHECK(was_clock_set(1'060s, 1'000s));
    CHECK(was_clock_set(1'000'000'000s, 500'000'000s));
    CHECK_FALSE(was_clock_set(1'000s, 1'059s));
    CHECK_FALSE(was_clock_set(1'000s, 1'000s));
}
