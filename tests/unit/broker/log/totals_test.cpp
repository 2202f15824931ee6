// SPDX-License-Identifier: Apache-2.0
#include "broker/log/totals.hpp"

#include "broker/log/totals_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

SystemTime const now = *parse_rfc3339("2026-11-22T10:00:30Z");

}  // namespace

TEST_CASE("Rates: minutes without events are zeros", "[broker]") {
    Rates rates;
    rates.at(now - 2min).received = 5;
    rates.at(now).received = 7;
    auto const points = rates.last(4, now);
    REQUIRE(points.size() == 4);
    CHECK(points[0].received == 0);
    CHECK(points[1].received == 5);
    CHECK(points[2].received == 0);
    CHECK(points[3].received == 7);
    rates.at(now - 1h).received += 1;
    CHECK(rates.last(1, now).front().received == 8);
}

TEST_CASE("Rates: a day is kept", "[broker]") {
    Rates rates;
    for (int i = 0; i < 2000; ++i)
        ++rates.at(now + std::chrono::minutes(i)).received;
    CHECK(rates.last(Rates::minutes_max, now + 1999min).front().received == 1);
    CHECK(rates.newest().size() == 2);
}

TEST_CASE("Types: only 2,000 are kept, those unseen for longest go", "[broker]") {
    TypeCounts types;
    for (int i = 0; i < 2001; ++i)
        types.count("t" + std::to_string(i), now + seconds(i));
    CHECK(types.all().size() == TypeCounts::types_max);
    CHECK_FALSE(types.all().contains("t0"));
    CHECK(types.take_changed().size() == 2000);
    CHECK(types.take_changed().empty());
}

TEST_CASE("Totals: what was written is read again, forgotten triggers are gone", "[broker]") {
    test::TemporaryFolder const folder;
    TotalsFile file(folder.path() / "totals.db");
    SavedTotals totals;
    totals.triggers["default/a"] = {
        .low_water = 7,
        .first_seq = 3,
        .removed = true,
        .received = 5,
        .matched = 4,
        .delivered = 3,
        .failed = 1,
        .last_error_at = now,
        .last_error_status = 503,
        .last_error = "no"};
    totals.triggers["default/b"] = {};
    totals.types["t"] = {.count = 9, .last_seen = now};
    totals.rates = {{.minute = 100, .received = 1}, {.minute = 5000, .received = 2}};
    REQUIRE(file.write(totals));
    REQUIRE(file.write({.forgotten_triggers = {"default/b"}}));
    auto const back = TotalsFile(folder.path() / "totals.db").read();
    REQUIRE(back);
    REQUIRE(back->triggers.size() == 1);
    TriggerTotals const& trigger = back->triggers.at("default/a");
    CHECK(trigger.low_water == 7);
    CHECK(trigger.first_seq == 3);
    CHECK(trigger.removed);
    CHECK(trigger.delivered == 3);
    CHECK(trigger.last_error == "no");
    CHECK(trigger.last_error_at == now);
    CHECK(back->types.at("t").count == 9);
    REQUIRE(back->rates.size() == 1);
    CHECK(back->rates.front().received == 2);
}
