// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/key_ranges.hpp"

#include <climits>
#include <random>
#include <set>

#include "tests/support/catch.hpp"

using namespace millrace::router;

TEST_CASE("Key ranges: consecutive keys are one range, in any order of arrival") {
    KeyRanges ranges;
    for (int const key : {5, 7, 6, 9, 8})
        CHECK(ranges.insert(key));
    CHECK(ranges.ranges() == std::vector<KeyRanges::Range>{{5, 9}});
    CHECK_FALSE(ranges.insert(7));
    ranges.erase(7);
    CHECK(ranges.ranges() == std::vector<KeyRanges::Range>{{5, 6}, {8, 9}});
}

TEST_CASE("Key ranges: the ends of 32 bits are ordinary keys (F11: keys wrap)") {
    KeyRanges ranges;
    for (int const key : {INT_MAX, INT_MIN, INT_MAX - 1, INT_MIN + 1})
        CHECK(ranges.insert(key));
    CHECK(
        ranges.ranges() ==
        std::vector<KeyRanges::Range>{{INT_MIN, INT_MIN + 1}, {INT_MAX - 1, INT_MAX}});
    ranges.erase(INT_MAX);
    ranges.erase(INT_MIN);
    CHECK(ranges.contains(INT_MAX - 1));
    CHECK_FALSE(ranges.contains(INT_MAX));
}

TEST_CASE("Key ranges: behave as a set of keys whatever is done to them") {
    unsigned const seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    KeyRanges ranges;
    std::set<std::int32_t> model;
    for (int i = 0; i < 5'000; ++i) {
        auto const key = static_cast<std::int32_t>(random() % 200) - 100;
        if (random() % 3 == 0) {
            ranges.erase(key);
            model.erase(key);
        } else {
            CHECK(ranges.insert(key) == model.insert(key).second);
        }
        CHECK(ranges.contains(key) == model.contains(key));
    }
    std::size_t count = 0;
    for (auto const& range : ranges.ranges())
        count += static_cast<std::size_t>(range.last - range.first + 1);
    CHECK(count == model.size());
}
