// SPDX-License-Identifier: Apache-2.0
#include "broker/record/totals.hpp"

#include <fstream>

#include "broker/record/totals_file.hpp"
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
        .uid = "u-1",
        .broker = "default/default",
        .received_before = 5,
        .matched = 4,
        .delivered = 3,
        .failed = 1,
        .last_error_at = now,
        .last_error_status = 503,
        .last_error = "no"};
    totals.triggers["default/b"] = {};
    totals.head = 77;
    totals.received["default/default"] = 8;
    totals.types["t"] = {.count = 9, .last_seen = now};
    totals.rates = {{.minute = 100, .received = 1}, {.minute = 5000, .received = 2}};
    REQUIRE(file.write(totals));
    REQUIRE(file.write({.head = 78, .forgotten_triggers = {"default/b"}}));
    auto const back = TotalsFile(folder.path() / "totals.db").read();
    REQUIRE(back);
    REQUIRE(back->triggers.size() == 1);
    TriggerTotals const& trigger = back->triggers.at("default/a");
    CHECK(trigger.low_water == 7);
    CHECK(trigger.first_seq == 3);
    CHECK(trigger.removed);
    CHECK(trigger.uid == "u-1");
    CHECK(trigger.received_before == 5);
    CHECK(back->is_whole);
    CHECK(back->head == 78);
    CHECK(back->received.at("default/default") == 8);
    CHECK(trigger.delivered == 3);
    CHECK(trigger.last_error == "no");
    CHECK(trigger.last_error_at == now);
    CHECK(back->types.at("t").count == 9);
    REQUIRE(back->rates.size() == 1);
    CHECK(back->rates.front().received == 2);
}

namespace {

/// Writes `bytes` over the file, as damage does.
void overwrite(std::filesystem::path const& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
}

}  // namespace

// Attack 8.
TEST_CASE("Totals: a damaged file is set aside by name and begun anew", "[broker]") {
    test::TemporaryFolder const folder;
    auto const path = folder.path() / "totals.db";
    overwrite(path, std::string(8192, 'x'));
    TotalsFile file(path);
    CHECK(file.trouble().find(path.string()) != std::string::npos);
    CHECK(std::filesystem::exists(path.string() + ".damaged"));
    REQUIRE(file.write({.head = 3}));
    CHECK(file.read()->head == 3);
}

TEST_CASE("Totals: a cursor that is not as it was written counts as none", "[broker]") {
    test::TemporaryFolder const folder;
    TotalsFile file(folder.path() / "totals.db");
    SavedTotals totals{.head = 9};
    totals.triggers["default/a"] = {.low_water = 5};
    totals.triggers["default/b"] = {.low_water = 6};
    REQUIRE(file.write(totals));
    auto database = Database::open(folder.path() / "totals.db", Database::Sync::checkpoints);
    REQUIRE(database);
    REQUIRE(database->execute("UPDATE triggers SET low_water=8 WHERE name='default/a'"));
    auto const back = file.read();
    REQUIRE(back);
    CHECK_FALSE(back->is_whole);
    CHECK_FALSE(back->triggers.contains("default/a"));
    CHECK(back->triggers.contains("default/b"));
    REQUIRE(database->execute("UPDATE meta SET value=100 WHERE key='head'"));
    CHECK_FALSE(file.read()->is_whole);
}
