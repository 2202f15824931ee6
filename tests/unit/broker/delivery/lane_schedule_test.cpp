// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/lane_schedule.hpp"

#include <random>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

SteadyTime const now = SteadyTime() + 1h;

}  // namespace

TEST_CASE("Lanes: a lane's next event waits until the former is finished", "[broker]") {
    LaneSchedule schedule;
    schedule.add(1, 7);
    schedule.add(2, 7);
    schedule.add(3, 8);
    CHECK(schedule.take(now) == 1);
    CHECK(schedule.take(now) == 3);
    CHECK_FALSE(schedule.take(now));
    schedule.finish(1);
    CHECK(schedule.take(now) == 2);
    CHECK(schedule.lowest() == 2);
    CHECK(schedule.in_flight() == 2);
}

TEST_CASE("Lanes: a retry holds its lane and no other, until it is due", "[broker]") {
    LaneSchedule schedule;
    schedule.add(1, 7);
    schedule.add(2, 7);
    schedule.add(3, 0);
    REQUIRE(schedule.take(now) == 1);
    schedule.retry(1, now + 5s);
    CHECK(schedule.take(now) == 3);
    CHECK_FALSE(schedule.take(now + 4s));
    CHECK(schedule.next_due() == now + 5s);
    CHECK(schedule.take(now + 5s) == 1);
    CHECK_FALSE(schedule.take(now + 1h));
    schedule.finish(1);
    CHECK(schedule.take(now + 1h) == 2);
}

TEST_CASE("Lanes: lane 0 has no order", "[broker]") {
    LaneSchedule schedule;
    for (std::int64_t seq = 1; seq <= 3; ++seq)
        schedule.add(seq, 0);
    CHECK(schedule.take(now) == 1);
    CHECK(schedule.take(now) == 2);
    CHECK(schedule.take(now) == 3);
}

TEST_CASE("Lanes: hurry makes waiting retries due", "[broker]") {
    LaneSchedule schedule;
    schedule.add(1, 7);
    REQUIRE(schedule.take(now) == 1);
    schedule.retry(1, now + 1h);
    schedule.hurry();
    CHECK(schedule.take(now) == 1);
    CHECK_FALSE(schedule.next_due());
}

TEST_CASE("Lanes: order holds per lane whatever fails and however often", "[broker]") {
    auto const seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    LaneSchedule schedule;
    std::unordered_map<std::int64_t, std::uint64_t> lane_of;
    for (std::int64_t seq = 1; seq <= 500; ++seq) {
        lane_of[seq] = random() % 9;
        schedule.add(seq, lane_of[seq]);
    }
    std::unordered_map<std::uint64_t, std::int64_t> last;
    std::vector<std::int64_t> in_flight;
    SteadyTime time = now;
    while (schedule.size() > 0) {
        while (in_flight.size() < 16) {
            auto const seq = schedule.take(time);
            if (!seq)
                break;
            in_flight.push_back(*seq);
        }
        REQUIRE(schedule.in_flight() == in_flight.size());
        if (in_flight.empty()) {
            time = schedule.next_due().value();
            continue;
        }
        std::size_t const index = random() % in_flight.size();
        std::int64_t const seq = in_flight[index];
        in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(index));
        if (random() % 4 == 0) {
            schedule.retry(seq, time + milliseconds(random() % 1000));
            continue;
        }
        schedule.finish(seq);
        if (lane_of[seq] == 0)
            continue;
        REQUIRE(last[lane_of[seq]] < seq);
        last[lane_of[seq]] = seq;
    }
    CHECK_FALSE(schedule.lowest());
}
