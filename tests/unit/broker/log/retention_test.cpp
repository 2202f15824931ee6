// SPDX-License-Identifier: Apache-2.0
#include "broker/log/retention.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

constexpr std::int64_t nothing_pending = INT64_MAX;

/// Three segments of 100 bytes: 3 days, 2 days and no time old.
std::vector<SegmentUse> const segments = {
    {.last_seq = 10, .age = 72h, .bytes = 100},
    {.last_seq = 20, .age = 48h, .bytes = 100},
    {.last_seq = 30, .age = 0h, .bytes = 100}};

}  // namespace

TEST_CASE("Retention: within the limits nothing is dropped", "[broker]") {
    CHECK(segments_to_drop(segments, {.age = 100h, .bytes = 300}, nothing_pending) == 0);
    CHECK(segments_to_drop({}, {}, nothing_pending) == 0);
}

TEST_CASE("Retention: by age and by size the oldest go first", "[broker]") {
    CHECK(segments_to_drop(segments, {.age = 50h, .bytes = 1000}, nothing_pending) == 1);
    CHECK(segments_to_drop(segments, {.age = 100h, .bytes = 299}, nothing_pending) == 1);
    CHECK(segments_to_drop(segments, {.age = 100h, .bytes = 150}, nothing_pending) == 2);
}

TEST_CASE("Retention: the newest segment stays whatever the limits", "[broker]") {
    CHECK(segments_to_drop(segments, {.age = 0h, .bytes = 0}, nothing_pending) == 2);
}

TEST_CASE("Retention: what is still to be delivered stays whatever the limits", "[broker]") {
    CHECK(segments_to_drop(segments, {.age = 0h, .bytes = 0}, 5) == 0);
    CHECK(segments_to_drop(segments, {.age = 0h, .bytes = 0}, 10) == 0);
    CHECK(segments_to_drop(segments, {.age = 0h, .bytes = 0}, 11) == 1);
}
