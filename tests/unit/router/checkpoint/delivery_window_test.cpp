// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/delivery_window.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

SystemTime at(int second) {
    return SystemTime(seconds(1'000'000 + second));
}

DeliveryWindow fresh() {
    return DeliveryWindow({"uuid", at(0), {}}, 10s);
}

}  // namespace

TEST_CASE("Delivery window: the low water stays behind an event the sink has not taken") {
    DeliveryWindow window = fresh();
    auto const first = window.begin(1, at(1)).value();
    auto const second = window.begin(2, at(2)).value();
    auto const third = window.begin(3, at(3)).value();
    window.settle(second);
    window.settle(third);
    CHECK(window.low_water() == at(0));
    CHECK(window.unsettled() == 1);
    window.settle(first);
    CHECK(window.low_water() == at(3));
    CHECK(window.resume_time() == at(3) - 10s);
}

TEST_CASE("Delivery window: an event seen before has no second position") {
    DeliveryWindow window = fresh();
    REQUIRE(window.begin(1, at(1)));
    CHECK_FALSE(window.begin(1, at(1)));
    CHECK(window.has_seen(1));
    CHECK_FALSE(window.has_seen(2));
}

TEST_CASE(
    "Delivery window: a restart from the checkpoint repeats what was in flight and nothing else") {
    DeliveryWindow before = fresh();
    std::vector<std::uint64_t> positions;
    for (int key = 1; key <= 10; ++key)
        positions.push_back(before.begin(key, at(key)).value());
    for (int const delivered : {1, 2, 3, 5, 8})
        before.settle(positions[static_cast<std::size_t>(delivered - 1)]);

    DeliveryWindow after(before.checkpoint(), 10s);
    CHECK(after.low_water() == at(3));
    std::vector<int> repeated;
    for (int key = 1; key <= 10; ++key)
        if (after.begin(key, at(key)))
            repeated.push_back(key);
    CHECK(repeated == std::vector<int>{4, 6, 7, 9, 10});
}

TEST_CASE("Delivery window: keys older than the overlap are forgotten, those within it are not") {
    DeliveryWindow window = fresh();
    for (int second = 1; second <= 100; ++second)
        window.settle(window.begin(second, at(second)).value());
    CHECK_FALSE(window.has_seen(1));
    for (int second = 90; second <= 100; ++second)
        CHECK(window.has_seen(second));
    CHECK(window.checkpoint().delivered.range_count() == 1);
}

TEST_CASE("Delivery window: a clock that steps back does not move the low water back (F11)") {
    DeliveryWindow window = fresh();
    window.settle(window.begin(1, at(50)).value());
    window.settle(window.begin(2, at(48)).value());
    CHECK(window.low_water() == at(50));
}

TEST_CASE(
    "Delivery window: another vCenter begins a new history whose keys are not told apart (F10)") {
    DeliveryWindow window = fresh();
    window.settle(window.begin(7, at(5)).value());
    window.restart("other", at(1));
    CHECK(window.low_water() == at(1));
    CHECK(window.instance_uuid() == "other");
    CHECK(window.begin(7, at(2)));
}

TEST_CASE(
    "Delivery window: what a new collector is about to read again is remembered until it has") {
    DeliveryWindow window = fresh();
    window.settle(window.begin(1, at(20)).value());
    auto const second = window.begin(2, at(40)).value();
    auto const third = window.begin(3, at(60)).value();
    window.reading_restarts();  // at 10 s: keys 1 to 3 will come again
    window.settle(second);
    window.settle(third);
    for (int key = 1; key <= 3; ++key) {
        INFO("key " << key);
        CHECK_FALSE(window.begin(key, at(20 * key)));
    }
}

// Review 4.9: the window was kept from an event on that a sink answered 5xx for ever.
TEST_CASE(
    "Delivery window: one event that is never settled does not make the others' memory grow") {
    DeliveryWindow window = fresh();
    auto const stuck = window.begin(1, at(1)).value();
    constexpr int others = 100'000;
    for (int key = 2; key <= others; ++key)
        window.settle(window.begin(key, at(key)).value());
    CHECK(window.unsettled() == 1);
    CHECK(window.kept_entries() < 2'000);
    CHECK(window.low_water() == at(0));
    CHECK(window.checkpoint().delivered.range_count() == 1);
    CHECK_FALSE(window.checkpoint().delivered.contains(1));
    CHECK(window.checkpoint().delivered.contains(others));
    window.settle(stuck);
    CHECK(window.low_water() == at(others));
}

TEST_CASE("Delivery window: entries between unsettled ones are found after others have gone") {
    DeliveryWindow window = fresh();
    std::vector<std::uint64_t> kept;
    for (int key = 1; key <= 20'000; ++key) {
        auto const position = window.begin(key, at(key)).value();
        if (key % 1'000 == 0)
            kept.push_back(position);
        else
            window.settle(position);
    }
    CHECK(window.kept_entries() < 3'000);
    for (auto at_position = kept.rbegin(); at_position != kept.rend(); ++at_position)
        window.settle(*at_position);
    CHECK(window.low_water() == at(20'000));
    CHECK(window.kept_entries() == 0);
}
