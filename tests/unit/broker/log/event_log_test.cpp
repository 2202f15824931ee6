// SPDX-License-Identifier: Apache-2.0
#include "broker/log/event_log.hpp"

#include <fstream>

#include "broker/history/history.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

std::shared_ptr<StoredEvent> event(std::string id, VerdictRef verdict = {}) {
    auto stored = std::make_shared<StoredEvent>();
    stored->broker = "default/default";
    stored->received_at = system_now();
    stored->ttl = 255;
    stored->event = {.id = std::move(id), .source = "/s", .type = "t"};
    stored->event.has_data = true;
    stored->event.data = "data";
    if (verdict)
        stored->verdicts.push_back(std::move(verdict));
    return stored;
}

EventLogOptions options(std::filesystem::path folder) {
    EventLogOptions made;
    made.folder = std::move(folder);
    made.segment_events_max = 10;
    return made;
}

/// Stores `count` events one by one, rolling segments as the writer does.
void fill(EventLog& log, int count, VerdictRef const& verdict = {}) {
    for (int i = 0; i < count; ++i) {
        std::vector<std::shared_ptr<StoredEvent>> const one = {event(std::to_string(i), verdict)};
        REQUIRE(log.commit(one, {}));
        REQUIRE(log.roll_if_full());
    }
}

}  // namespace

TEST_CASE("Event log: numbers go on after it is opened again", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    {
        EventLog log(options(folder.path()), segments);
        fill(log, 25);
        CHECK(log.next_seq() == 26);
        CHECK(log.segments() == 3);
    }
    EventLog log(options(folder.path()), segments);
    CHECK(log.next_seq() == 26);
    CHECK(log.segments() == 3);
    fill(log, 1);
    auto const record = History(segments).find(26);
    REQUIRE(record);
    CHECK(record->event->event.data == "data");
}

TEST_CASE("Event log: an empty newest segment keeps its place", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    {
        EventLog log(options(folder.path()), segments);
        fill(log, 10);
        CHECK(log.segments() == 2);
    }
    EventLog log(options(folder.path()), segments);
    CHECK(log.next_seq() == 11);
}

TEST_CASE("Event log: received times never go back", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    EventLog log(options(folder.path()), segments);
    auto const now = event("1");
    auto const past = event("2");
    past->received_at = now->received_at - 1h;
    std::vector<std::shared_ptr<StoredEvent>> const both = {now, past};
    REQUIRE(log.commit(both, {}));
    CHECK(past->received_at == now->received_at);
}

TEST_CASE("Event log: delivery records reach old segments and survive", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    auto const verdict = std::make_shared<Verdict const>(
        Verdict{.id = 5, .trigger = "default/echo", .matched = true});
    {
        EventLog log(options(folder.path()), segments);
        fill(log, 25, verdict);
        std::vector<DeliveryRecord> const records = {
            {.seq = 3, .verdict = 5, .state = DeliveryState::delivered},
            {.seq = 12, .verdict = 5, .state = DeliveryState::failed},
            {.seq = 24,
             .verdict = 5,
             .state = DeliveryState::pending,
             .attempts = {{.status = 503, .error = "no"}}}};
        REQUIRE(log.commit({}, records));
    }
    EventLog log(options(folder.path()), segments);
    CHECK(log.next_verdict_id() == 6);
    auto const page = History(segments).pending({.trigger = "default/echo", .limit = 100});
    REQUIRE(page);
    CHECK(page->items.size() == 23);
    CHECK(page->examined_to == 25);
    CHECK(page->items[20].seq == 23);
    REQUIRE(page->items[21].seq == 24);
    CHECK(page->items[21].attempts.front().error == "no");
}

TEST_CASE("Event log: a trigger no event was matched by costs no reading", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    EventLog log(options(folder.path()), segments);
    fill(log, 25);
    auto const page = History(segments).pending({.trigger = "default/new"});
    REQUIRE(page);
    CHECK(page->items.empty());
    CHECK(page->examined == 0);
    CHECK(page->examined_to == 25);
}

TEST_CASE(
    "Event log: retention drops whole old segments, not what is to be delivered", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    auto small = options(folder.path());
    small.retention.bytes = 1;
    EventLog log(small, segments);
    fill(log, 35);
    log.apply_retention(1, system_now());
    CHECK(log.segments() == 4);
    log.apply_retention(15, system_now());
    CHECK(log.segments() == 3);
    History history(segments);
    CHECK(history.find(10).error().code == ErrorCode::not_found);
    CHECK(history.find(11));
    log.apply_retention(INT64_MAX, system_now());
    CHECK(log.segments() == 1);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "000002.db"));
}

TEST_CASE("Event log: a broken file stops the start with what to do", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    {
        std::ofstream file(folder.path() / "000001.db");
        file << std::string(8192, 'x');
    }
    CHECK_THROWS_AS(EventLog(options(folder.path()), segments), StartupError);
}
