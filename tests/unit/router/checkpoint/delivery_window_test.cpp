// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/delivery_window.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

SystemTime at(int second) {
    return SystemTime(seconds(1'000'000 + second));
}

Progress fresh() {
    return Progress({"uuid", at(0), {}}, 10s);
}

}  // namespace

TEST_CASE("Progress: the low water stays behind an event the sink has not taken") {
    Progress progress = fresh();
    auto const first = progress.begin(1, at(1)).value();
    auto const second = progress.begin(2, at(2)).value();
    auto const third = progress.begin(3, at(3)).value();
    progress.settle(second);
    progress.settle(third);
    CHECK(progress.low_water() == at(0));
    CHECK(progress.unsettled() == 1);
    progress.settle(first);
    CHECK(progress.low_water() == at(3));
    CHECK(progress.resume_time() == at(3) - 10s);
}

TEST_CASE("Progress: an event seen before has no second position") {
    Progress progress = fresh();
    REQUIRE(progress.begin(1, at(1)));
    CHECK_FALSE(progress.begin(1, at(1)));
    CHECK(progress.has_seen(1));
    CHECK_FALSE(progress.has_seen(2));
}

TEST_CASE("Progress: a restart from the checkpoint repeats what was in flight and nothing else") {
    Progress before = fresh();
    std::vector<std::uint64_t> positions;
    for (int key = 1; key <= 10; ++key)
        positions.push_back(before.begin(key, at(key)).value());
    for (int const delivered : {1, 2, 3, 5, 8})
        before.settle(positions[static_cast<std::size_t>(delivered - 1)]);

    Progress after(before.checkpoint(), 10s);
    CHECK(after.low_water() == at(3));
    std::vector<int> repeated;
    for (int key = 1; key <= 10; ++key)
        if (after.begin(key, at(key)))
            repeated.push_back(key);
    CHECK(repeated == std::vector<int>{4, 6, 7, 9, 10});
}

TEST_CASE("Progress: keys older than the overlap are forgotten, those within it are not") {
    Progress progress = fresh();
    for (int second = 1; second <= 100; ++second)
        progress.settle(progress.begin(second, at(second)).value());
    CHECK_FALSE(progress.has_seen(1));
    for (int second = 90; second <= 100; ++second)
        CHECK(progress.has_seen(second));
    CHECK(progress.checkpoint().delivered.range_count() == 1);
}

TEST_CASE("Progress: a clock that steps back does not move the low water back (F11)") {
    Progress progress = fresh();
    progress.settle(progress.begin(1, at(50)).value());
    progress.settle(progress.begin(2, at(48)).value());
    CHECK(progress.low_water() == at(50));
}

TEST_CASE("Progress: another vCenter begins a new history whose keys are not told apart (F10)") {
    Progress progress = fresh();
    progress.settle(progress.begin(7, at(5)).value());
    progress.restart("other", at(1));
    CHECK(progress.low_water() == at(1));
    CHECK(progress.instance_uuid() == "other");
    CHECK(progress.begin(7, at(2)));
}

TEST_CASE("Progress: what a new collector is about to read again is remembered until it has") {
    Progress progress = fresh();
    progress.settle(progress.begin(1, at(20)).value());
    auto const second = progress.begin(2, at(40)).value();
    auto const third = progress.begin(3, at(60)).value();
    progress.reading_restarts();  // at 10 s: keys 1 to 3 will come again
    progress.settle(second);
    progress.settle(third);
    for (int key = 1; key <= 3; ++key) {
        INFO("key " << key);
        CHECK_FALSE(progress.begin(key, at(20 * key)));
    }
}
