// SPDX-License-Identifier: Apache-2.0
#include "broker/log/write_queue.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

constexpr SteadyTime now{1h};

Append append(std::size_t events) {
    Append made{.events = EventBatch(events), .bytes = events};
    return made;
}

}  // namespace

TEST_CASE("Write queue: events go at once, records wait for company", "[broker]") {
    WriteQueue queue({.records_delay = 10ms});
    CHECK_FALSE(queue.due());
    queue.put(DeliveryRecord{.seq = 1}, now);
    queue.put(DeliveryRecord{.seq = 2}, now + 5ms);
    CHECK(queue.due() == now + 10ms);
    Append one = append(1);
    REQUIRE(queue.put(one));
    CHECK(*queue.due() < now);
    LogWork const work = queue.take();
    CHECK(work.appends.size() == 1);
    CHECK(work.records.size() == 2);
    CHECK_FALSE(queue.due());
}

TEST_CASE("Write queue: there is room again when the work is done, not before", "[broker]") {
    WriteQueue queue({.queue_events_max = 3});
    Append two = append(2);
    Append more = append(2);
    REQUIRE(queue.put(two));
    CHECK_FALSE(queue.put(more));
    LogWork const work = queue.take();
    CHECK_FALSE(queue.put(more));
    CHECK(more.events.size() == 2);
    queue.done(work.appends);
    CHECK(queue.put(more));
}

TEST_CASE("Write queue: what is larger than the queue goes alone", "[broker]") {
    WriteQueue queue({.queue_events_max = 3});
    Append large = append(5);
    CHECK(queue.put(large));
    Append one = append(1);
    CHECK_FALSE(queue.put(one));
}

TEST_CASE("Write queue: what is put back goes first, after a pause", "[broker]") {
    WriteQueue queue({});
    queue.put(DeliveryRecord{.seq = 1}, now);
    LogWork work = queue.take();
    queue.put(DeliveryRecord{.seq = 2}, now);
    queue.put_back(std::move(work.records), now);
    CHECK(*queue.due() > now + 100ms);
    work = queue.take();
    REQUIRE(work.records.size() == 2);
    CHECK(work.records.front().seq == 1);
}

// Review 4.14.
TEST_CASE("Write queue: counters that wait are one, the newer over the older", "[broker]") {
    WriteQueue queue({});
    queue.put(SavedTotals{
        .head = 5,
        .triggers = {{"a", {.matched = 1}}, {"b", {.matched = 1}}},
        .rates = {{.minute = 1, .received = 1}}});
    LogWork work = queue.take();
    queue.put(SavedTotals{
        .head = 6,
        .triggers = {{"a", {.matched = 2}}},
        .rates = {{.minute = 1, .received = 2}, {.minute = 2, .received = 1}},
        .forgotten_triggers = {"b"}});
    queue.put_back(std::move(*work.totals), now);
    work = queue.take();
    REQUIRE(work.totals);
    CHECK(work.totals->head == 6);
    CHECK(work.totals->triggers.at("a").matched == 2);
    CHECK_FALSE(work.totals->triggers.contains("b"));
    REQUIRE(work.totals->rates.size() == 2);
    CHECK(work.totals->rates.front().received == 2);
}
