// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/resume_point.hpp"

#include "router/vcenter/login_refusal.hpp"
#include "router/vcenter/page_size.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

SystemTime const now = parse_rfc3339("2026-11-22T10:00:00Z").value();

HistoryFacts known() {
    return {
        .known_instance = "a", .found_instance = "a", .low_water = now - 60s, .server_time = now};
}

}  // namespace

TEST_CASE("Resume: a checkpoint of this vCenter says where to begin") {
    CHECK_FALSE(new_history(known()));
}

TEST_CASE("Resume: a new source begins now, without a word") {
    auto const history = new_history({.found_instance = "a", .server_time = now});
    REQUIRE(history);
    CHECK(history->begin == now);
    CHECK(history->note.empty());
}

// It began at vCenter's present time: all that had not been delivered was lost.
TEST_CASE("Resume: a damaged checkpoint begins at the oldest event allowed, and says so") {
    HistoryFacts facts{.found_instance = "a", .server_time = now, .checkpoint_was_damaged = true};
    auto const all = new_history(facts);
    REQUIRE(all);
    CHECK(all->begin < parse_rfc3339("1971-01-01T00:00:00Z").value());
    CHECK(all->note.find("damaged") != std::string::npos);
    CHECK(all->note.find("checkpoint.corrupt") != std::string::npos);
    facts.max_age = 3600s;
    CHECK(new_history(facts)->begin == now - 3600s);
    CHECK(new_history(facts)->note.find("maxAgeSeconds") != std::string::npos);
}

TEST_CASE("Resume: another vCenter, or one set back by more than an hour, is read from now (F10)") {
    HistoryFacts facts = known();
    facts.found_instance = "b";
    CHECK(new_history(facts)->begin == now);
    CHECK_FALSE(new_history(facts)->note.empty());
    facts = known();
    facts.low_water = now + 3601s;
    CHECK(new_history(facts)->begin == now);
    facts.low_water = now + 3599s;
    CHECK_FALSE(new_history(facts));
}

TEST_CASE("Resume: a clock that was set back is followed: twice read is better than lost") {
    SystemTime const resume = now - 10s;
    CHECK(reading_begin(resume, now, now) == resume);
    CHECK(reading_begin(resume, now, now - 10s) == resume);
    CHECK(reading_begin(resume, now, now - 11s) == resume - 3600s);
}

TEST_CASE("Resume: maxAgeSeconds leaves out what is older") {
    CHECK(not_before(now - 60s, now, 0s) == now - 60s);
    CHECK(not_before(now - 60s, now, 30s) == now - 30s);
    CHECK(not_before(now - 60s, now, 90s) == now - 60s);
}

// Reports 12: echo ... | base64.
TEST_CASE("Login: a line end in the Secret is named at the refusal, the values never") {
    auto const text = [](std::string_view user, std::string_view password) {
        return refused_login("vc", "InvalidLogin: no", user, password);
    };
    CHECK(text("reader\n", "pass").find("username holds a line end") != std::string::npos);
    CHECK(text("reader", "pass\r\n").find("password holds a line end") != std::string::npos);
    CHECK(text("reader\n", "pass\n").find("username and its password hold") != std::string::npos);
    CHECK(text("reader", "pass").find("line end") == std::string::npos);
    CHECK(text("reader\n", "pass\n").find("pass\n") == std::string::npos);
    CHECK(text("reader\n", "pass\n").find("Secret vc") != std::string::npos);
}

// Review 4.18: the same page was asked for for ever.
TEST_CASE("Page size: shrinks to one event, and grows back only with events that are new") {
    PageSize size(500);
    int steps = 0;
    while (size.shrink())
        ++steps;
    CHECK(size.count() == 1);
    CHECK(steps <= 5);
    size.brought_new_events();
    CHECK(size.count() == 2);
    for (int i = 0; i < 20; ++i)
        size.brought_new_events();
    CHECK(size.count() == 500);
}
