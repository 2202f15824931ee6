// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/trigger_deliveries.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerRouteRef route(std::string uid) {
    auto made = std::make_shared<TriggerRoute>();
    made->trigger = "default/echo";
    made->uid = std::move(uid);
    made->broker = "default/default";
    return made;
}

/// Saved when "old" had matched 5 events of 10; it matched 3 more before a kill, "new" one.
TriggerDeliveries after_kill() {
    TriggerDeliveries deliveries({});
    SavedTotals saved{.head = 10};
    saved.triggers["default/echo"] = {.uid = "old", .matched = 5, .delivered = 5};
    deliveries.restore(
        std::move(saved),
        TriggerMatches{
            {{"default/echo", "new"}, {.last_seq = 14, .count = 1}},
            {{"default/echo", "old"}, {.last_seq = 13, .count = 3}}},
        14);
    return deliveries;
}

}  // namespace

TEST_CASE("Trigger deliveries: one made again before a kill counts what it matched", "[broker]") {
    TriggerDeliveries deliveries = after_kill();
    auto const changes = deliveries.set_routes({route("new")}, {}, 14);
    REQUIRE(changes.made.size() == 1);
    CHECK(changes.made.front()->totals().matched == 1);
    CHECK(changes.made.front()->cursor().is_behind());
}

TEST_CASE("Trigger deliveries: one that is the same counts on after a kill", "[broker]") {
    TriggerDeliveries deliveries = after_kill();
    auto const changes = deliveries.set_routes({route("old")}, {}, 14);
    REQUIRE(changes.made.size() == 1);
    CHECK(changes.made.front()->totals().matched == 8);
}

TEST_CASE("Trigger deliveries: a store without uids counts all of the name", "[broker]") {
    TriggerDeliveries deliveries = after_kill();
    auto const changes = deliveries.set_routes({route("")}, {}, 14);
    CHECK(changes.made.front()->totals().matched == 9);
}
