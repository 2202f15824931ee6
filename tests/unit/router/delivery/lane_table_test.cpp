// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/lane_table.hpp"

#include "tests/support/catch.hpp"

using namespace millrace::router;

TEST_CASE("Lanes: an entity keeps its lane while events of it are pending") {
    constexpr std::size_t lanes = 4;
    LaneTable table(lanes);
    auto const lane = table.assign(7, lanes);
    CHECK(table.assign(8, lanes) != lane);
    CHECK(table.assign(7, lanes) == lane);
    table.release(7);
    CHECK(table.assign(7, lanes) == lane);
}

TEST_CASE("Lanes: a new entity gets the lane with the least to do") {
    constexpr std::size_t lanes = 2;
    LaneTable table(lanes);
    CHECK(table.assign(1, lanes) == 0);
    CHECK(table.assign(1, lanes) == 0);
    CHECK(table.assign(2, lanes) == 1);
    CHECK(table.assign(3, lanes) == 1);
    table.release(1);
    table.release(1);
    CHECK(table.assign(4, lanes) == 0);
}

TEST_CASE("Lanes: many entities are spread evenly, and forgotten when nothing is pending") {
    constexpr std::size_t lanes = 64;
    LaneTable table(lanes);
    std::vector<int> counts(lanes);
    for (std::uint64_t entity = 0; entity < 1000; ++entity)
        ++counts[table.assign(entity * 7919, lanes)];
    for (int const count : counts)
        CHECK((count == 15 || count == 16));
    for (std::uint64_t entity = 0; entity < 1000; ++entity)
        table.release(entity * 7919);
    CHECK(table.entities() == 0);
    CHECK(table.assign(1, lanes) == 0);
}

TEST_CASE("Lanes: while fewer are asked for, a new entity gets one of those; others keep theirs") {
    LaneTable table(8);
    for (std::uint64_t entity = 0; entity < 8; ++entity)
        CHECK(table.assign(entity, 8) == entity);
    CHECK(table.assign(100, 2) == 0);
    CHECK(table.assign(101, 2) == 1);
    CHECK(table.assign(7, 2) == 7);
}

TEST_CASE("Lanes: one that is to be avoided gets new entities only if there is no other") {
    LaneTable table(3);
    CHECK(table.assign(1, 2) == 0);
    table.avoid(0, true);
    CHECK(table.assign(2, 2) == 1);
    CHECK(table.assign(1, 2) == 0);
    table.avoid(1, true);
    CHECK(table.assign(3, 2) == 2);
    table.avoid(2, true);
    CHECK(table.assign(4, 2) == 1);
    table.avoid(1, false);
    CHECK(table.assign(5, 3) == 1);
}

TEST_CASE("Lanes: an entity moves with all that is pending, but to no lane that is to be avoided") {
    LaneTable table(2);
    CHECK(table.assign(1, 1) == 0);
    CHECK(table.assign(2, 1) == 0);
    table.avoid(0, true);
    CHECK(table.move(2) == 1);
    CHECK(table.assign(2, 1) == 1);
    table.avoid(1, true);
    CHECK_FALSE(table.move(1));
    table.avoid(0, false);
    table.avoid(1, false);
    table.release(1);
    table.release(2);
    table.release(2);
    CHECK(table.entities() == 0);
}
