// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/delivery_start.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

FormerRun const former{.is_first_listing = true, .saved_head = 100, .head = 150};
MatchSpan const matched{.last_seq = 140, .count = 3};

}  // namespace

TEST_CASE(
    "Start: a trigger that was caught up reads what it matched since, if anything", "[broker]") {
    TriggerTotals const saved{.low_water = 0, .uid = "u", .matched = 7};
    auto const idle = delivery_start("u", saved, std::nullopt, former);
    CHECK(idle.totals.low_water == 101);
    CHECK(idle.unread_to == 0);
    auto const busy = delivery_start("u", saved, matched, former);
    CHECK(busy.totals.low_water == 101);
    CHECK(busy.unread_to == 140);
    CHECK(busy.totals.matched == 10);
}

TEST_CASE("Start: a trigger with a backlog goes on where it was", "[broker]") {
    TriggerTotals const saved{.low_water = 42, .first_seq = 7, .uid = "u"};
    auto const start = delivery_start("u", saved, matched, former);
    CHECK(start.totals.low_water == 42);
    CHECK(start.totals.first_seq == 7);
    CHECK(start.unread_to == 150);
}

// Review 4.5.
TEST_CASE(
    "Start: another object of the name has nothing to do with the former's backlog", "[broker]") {
    TriggerTotals const saved{.low_water = 42, .uid = "old"};
    auto const start = delivery_start("new", saved, matched, former);
    CHECK(start.totals.low_water == 101);
    CHECK(start.totals.first_seq == 101);
    CHECK(start.totals.uid == "new");
    CHECK(start.unread_to == 140);
}

TEST_CASE("Start: a trigger of a removed one's name begins after it", "[broker]") {
    TriggerTotals const saved{.low_water = 121, .first_seq = 121, .removed = true};
    auto const start = delivery_start("new", saved, matched, former);
    CHECK(start.totals.low_water == 121);
    CHECK(start.unread_to == 140);
    auto const later = delivery_start(
        "new", TriggerTotals{.low_water = 145, .first_seq = 145, .removed = true}, matched, former);
    CHECK(later.unread_to == 0);
}

TEST_CASE("Start: a trigger made in the second before a kill gets what it matched", "[broker]") {
    auto const start = delivery_start("u", std::nullopt, matched, former);
    CHECK(start.totals.low_water == 101);
    CHECK(start.totals.first_seq == 1);
    CHECK(start.unread_to == 140);
}

TEST_CASE("Start: without saved cursors a trigger reads the log from its beginning", "[broker]") {
    auto const start = delivery_start(
        "u", std::nullopt, MatchSpan{.last_seq = 140, .count = 9},
        {.is_first_listing = true, .saved_head = 0, .head = 150});
    CHECK(start.totals.low_water == 1);
    CHECK(start.unread_to == 140);
}

TEST_CASE("Start: a trigger made while the broker runs begins with the next event", "[broker]") {
    auto const start = delivery_start(
        "u", std::nullopt, std::nullopt, {.is_first_listing = false, .saved_head = 9, .head = 150});
    CHECK(start.totals.low_water == 151);
    CHECK(start.totals.first_seq == 151);
    CHECK(start.unread_to == 0);
}

// Review 4.5.
TEST_CASE("Start: one that could not be read at first gets what waited for it", "[broker]") {
    TriggerTotals const saved{.low_water = 42, .uid = "u"};
    auto const start = delivery_start(
        "u", saved, std::nullopt, {.is_first_listing = false, .saved_head = 100, .head = 150});
    CHECK(start.totals.low_water == 42);
    CHECK(start.unread_to == 150);
}
