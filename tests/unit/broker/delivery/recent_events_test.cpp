// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/recent_events.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

StoredEventRef event(std::int64_t seq, std::size_t bytes = 100) {
    StoredEvent stored;
    stored.seq = seq;
    stored.memory_bytes = bytes;
    return std::make_shared<StoredEvent const>(std::move(stored));
}

SteadyTime at(seconds span) {
    return SteadyTime(span);
}

}  // namespace

TEST_CASE("Recent events: the newest stay, within the bytes") {
    RecentEvents recent(250, 30s);
    for (std::int64_t seq = 1; seq <= 3; ++seq)
        recent.put(event(seq), at(0s));
    CHECK(recent.find(1) == nullptr);
    CHECK(recent.find(2)->seq == 2);
    CHECK(recent.find(3)->seq == 3);
    CHECK(recent.find(4) == nullptr);
}

TEST_CASE("Recent events: few a minute are not kept for ever, although there is room") {
    RecentEvents recent(1 << 20, 30s);
    recent.put(event(1), at(0s));
    recent.put(event(2), at(10s));
    recent.put(event(3), at(30s));
    CHECK(recent.find(1) != nullptr);
    recent.put(event(4), at(31s));
    CHECK(recent.find(1) == nullptr);
    CHECK(recent.find(2) != nullptr);
    recent.put(event(5), at(100s));
    CHECK(recent.find(4) == nullptr);
    CHECK(recent.find(5) != nullptr);
}

TEST_CASE(
    "Recent events: one that is larger than all bytes is kept alone, one put twice counts once") {
    RecentEvents recent(250, 30s);
    recent.put(event(1), at(0s));
    recent.put(event(2, 1000), at(0s));
    CHECK(recent.find(1) == nullptr);
    CHECK(recent.find(2) != nullptr);
    recent.put(event(3), at(0s));
    recent.put(event(3), at(0s));
    recent.put(event(4), at(0s));
    CHECK(recent.find(2) == nullptr);
    CHECK(recent.find(3) != nullptr);
    CHECK(recent.find(4) != nullptr);
}
