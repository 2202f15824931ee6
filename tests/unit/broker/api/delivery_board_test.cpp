// SPDX-License-Identifier: Apache-2.0
#include "broker/api/delivery_board.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerVersionRef match(std::uint32_t id) {
    auto version = std::make_shared<TriggerVersion>();
    version->id = id;
    version->trigger = "default/t" + std::to_string(id);
    return version;
}

StoredEvent event(std::int64_t seq, std::vector<TriggerVersionRef> matches) {
    StoredEvent stored;
    stored.seq = seq;
    stored.matches = std::move(matches);
    return stored;
}

HistoryRecord record(std::int64_t seq, std::vector<TriggerVersionRef> matches) {
    return {
        .event = std::make_shared<StoredEvent const>(event(seq, std::move(matches))),
        .deliveries = {}};
}

bool is(DeliveryCounts const& counts, DeliveryCounts const& wanted) {
    return counts.matched == wanted.matched && counts.delivered == wanted.delivered &&
           counts.failed == wanted.failed && counts.pending == wanted.pending;
}

}  // namespace

// ui-trial 1
TEST_CASE("Delivery board: many changes of one event are told once, in sum") {
    DeliveryBoard board;
    board.stored(event(7, {match(1), match(2), match(4)}));
    CHECK_FALSE(board.has_news());
    board.changed({.seq = 7, .version = 1, .state = DeliveryState::pending});
    board.changed({.seq = 7, .version = 1, .state = DeliveryState::delivered});
    board.changed({.seq = 7, .version = 2, .state = DeliveryState::dead_lettered});
    auto rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].seq == 7);
    CHECK(is(rows[0].counts, {.matched = 3, .delivered = 1, .failed = 1, .pending = 1}));
    CHECK_FALSE(board.has_news());
    board.changed({.seq = 7, .version = 4, .state = DeliveryState::failed});
    rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(is(rows[0].counts, {.matched = 3, .delivered = 1, .failed = 2, .pending = 0}));
}

TEST_CASE("Delivery board: an attempt that failed is news, too") {
    DeliveryBoard board;
    board.stored(event(7, {match(1)}));
    board.changed({.seq = 7, .version = 1, .state = DeliveryState::pending});
    auto const rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(is(rows[0].counts, {.matched = 1, .delivered = 0, .failed = 0, .pending = 1}));
}

TEST_CASE("Delivery board: an event from before is read, and what changed meanwhile wins") {
    DeliveryBoard board;
    board.changed({.seq = 3, .version = 1, .state = DeliveryState::delivered});
    CHECK(board.take(10).empty());
    CHECK(board.unread(10) == std::vector<std::int64_t>{3});
    HistoryRecord read = record(3, {match(1), match(2), match(5)});
    read.deliveries[2] = {.seq = 3, .version = 2, .state = DeliveryState::failed};
    board.changed({.seq = 3, .version = 5, .state = DeliveryState::delivered});
    board.learn(3, &read);
    CHECK(board.unread(10).empty());
    auto const rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(is(rows[0].counts, {.matched = 3, .delivered = 2, .failed = 1, .pending = 0}));
    CHECK_FALSE(board.has_news());
}

TEST_CASE("Delivery board: an event that was aged out while it was to be read is no news") {
    DeliveryBoard board;
    board.changed({.seq = 3, .version = 1, .state = DeliveryState::delivered});
    board.learn(3, nullptr);
    CHECK_FALSE(board.has_news());
}

TEST_CASE("Delivery board: what waits for a trigger that is gone counts as failed") {
    DeliveryBoard board;
    board.changed({.seq = 3, .version = 1, .state = DeliveryState::delivered});
    HistoryRecord const read = record(3, {match(1), match(2), match(3)});
    TriggersInForce const triggers = {{"default/t1", 1}, {"default/t3", 4}};
    board.learn(3, &read, &triggers);
    auto const rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(is(rows[0].counts, {.matched = 3, .delivered = 1, .failed = 2, .pending = 0}));
}

TEST_CASE("Delivery board: it takes no more at once than is asked for, oldest first") {
    DeliveryBoard board;
    for (std::int64_t seq = 1; seq <= 5; ++seq) {
        board.stored(event(seq, {match(1)}));
        board.changed({.seq = seq, .version = 1, .state = DeliveryState::delivered});
    }
    CHECK(board.take(2).back().seq == 2);
    CHECK(board.take(10).size() == 3);
}

TEST_CASE("Delivery board: it is bounded, and says that changes were lost") {
    DeliveryBoard board(10);
    for (std::int64_t seq = 1; seq <= 100; ++seq)
        board.stored(event(seq, {match(1)}));
    CHECK_FALSE(board.take_lost());
    for (std::int64_t seq = 1; seq <= 90; ++seq)
        board.changed({.seq = seq, .version = 1, .state = DeliveryState::delivered});
    CHECK(board.unread(1000).size() <= 10);
    CHECK(board.has_news());
    CHECK(board.take_lost());
    CHECK_FALSE(board.take_lost());
    board.clear();
    CHECK_FALSE(board.has_news());
}

TEST_CASE("Board: an event in doubt is read again, and told even if it is as it was", "[broker]") {
    DeliveryBoard board;
    board.doubt(7);
    CHECK(board.has_news());
    REQUIRE(board.unread(10) == std::vector<std::int64_t>{7});
    auto event = std::make_shared<StoredEvent>();
    event->seq = 7;
    event->matches = {std::make_shared<TriggerVersion const>(TriggerVersion{.id = 1})};
    HistoryRecord record{.event = event};
    record.deliveries[1] = {.seq = 7, .version = 1, .state = DeliveryState::failed};
    board.learn(7, &record);
    auto const rows = board.take(10);
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().counts.failed == 1);
    CHECK_FALSE(board.has_news());
}
