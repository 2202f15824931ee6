// SPDX-License-Identifier: Apache-2.0
#include "broker/log/event_log.hpp"

#include <fstream>

#include "broker/history/history.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

std::shared_ptr<StoredEvent> event(std::string id, TriggerVersionRef match = {}) {
    auto stored = std::make_shared<StoredEvent>();
    stored->broker = "default/default";
    stored->received_at = system_now();
    stored->ttl = 255;
    stored->event = {.id = std::move(id), .source = "/s", .type = "t"};
    stored->event.has_data = true;
    stored->event.data = "data";
    if (match) {
        stored->asked =
            std::make_shared<TriggerSet const>(TriggerSet{.id = match->id, .members = {match}});
        stored->matches.push_back(std::move(match));
    }
    return stored;
}

EventLogOptions options(std::filesystem::path folder) {
    EventLogOptions made;
    made.folder = std::move(folder);
    made.segment_events_max = 10;
    return made;
}

/// Stores `count` events one by one, rolling segments as the writer does.
void fill(EventLog& log, int count, TriggerVersionRef const& match = {}) {
    for (int i = 0; i < count; ++i) {
        std::vector<std::shared_ptr<StoredEvent>> const one = {event(std::to_string(i), match)};
        REQUIRE(log.append(one, {}));
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

TEST_CASE("Event log: a new file that could not be made is made anew", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    EventLog log(options(folder.path()), segments);
    std::filesystem::create_directory(folder.path() / "000002.db-wal");
    std::vector<std::shared_ptr<StoredEvent>> const ten(10, event("a"));
    for (auto const& stored : ten)
        REQUIRE(log.append(std::vector{stored}, {}));
    CHECK_FALSE(log.roll_if_full());
    CHECK_FALSE(std::filesystem::exists(folder.path() / "000002.db"));
    CHECK(log.segments() == 1);
    CHECK(log.roll_if_full());
    CHECK(log.segments() == 2);
}

TEST_CASE("Event log: nothing is dropped that would be missed at the next start", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    std::filesystem::create_symlink("/dev/full", folder.path() / "log.state");
    EventLogOptions made = options(folder.path());
    made.retention.bytes = 1;
    EventLog log(made, segments);
    fill(log, 25);
    CHECK_FALSE(log.apply_retention(26));
    CHECK(log.segments() == 3);
    CHECK(std::filesystem::exists(folder.path() / "000001.db"));
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
    REQUIRE(log.append(both, {}));
    CHECK(past->received_at == now->received_at);
}

TEST_CASE("Event log: delivery records reach old segments and survive", "[broker]") {
    test::TemporaryFolder const folder;
    SegmentDirectory segments;
    auto const match = std::make_shared<TriggerVersion const>(
        TriggerVersion{.id = 5, .trigger = "default/echo", .filter = "{}"});
    {
        EventLog log(options(folder.path()), segments);
        fill(log, 25, match);
        std::vector<DeliveryRecord> const recent = {
            {.seq = 24,
             .version = 5,
             .state = DeliveryState::pending,
             .attempts = {{.status = 503, .error = "no"}}}};
        REQUIRE(log.append({}, recent));
        std::vector<DeliveryRecord> const third = {
            {.seq = 3, .version = 5, .state = DeliveryState::delivered}};
        std::vector<DeliveryRecord> const twelfth = {
            {.seq = 12, .version = 5, .state = DeliveryState::failed}};
        REQUIRE(log.amend(third));
        REQUIRE(log.amend(twelfth));
    }
    EventLog log(options(folder.path()), segments);
    CHECK(log.next_version_id() == 6);
    auto const page =
        History(segments).pending({.trigger = "default/echo", .to_seq = 25, .limit = 100});
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
    auto const page = History(segments).pending({.trigger = "default/new", .to_seq = 25});
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
    REQUIRE(log.apply_retention(1));
    CHECK(log.segments() == 4);
    REQUIRE(log.apply_retention(15));
    CHECK(log.segments() == 3);
    History history(segments);
    CHECK(history.find(10).error().code == ErrorCode::not_found);
    CHECK(history.find(11));
    REQUIRE(log.apply_retention(INT64_MAX));
    CHECK(log.segments() == 1);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "000002.db"));
}
