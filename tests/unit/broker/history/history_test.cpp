// SPDX-License-Identifier: Apache-2.0
#include "broker/history/history.hpp"

#include "broker/history/word_index.hpp"
#include "broker/log/event_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

/// A log of 45 events in segments of 10: event N is named "vm-N", of type even or odd, received
/// N minutes after `begin`.
class Filled {
public:
    Filled() {
        EventLogOptions options;
        options.folder = folder.path();
        options.segment_events_max = 10;
        EventLog log(options, segments);
        for (int i = 1; i <= 45; ++i)
            store(log, i);
    }

    test::TemporaryFolder folder;
    SegmentDirectory segments;
    SystemTime begin = *parse_rfc3339("2026-11-22T10:00:00Z");

private:
    static TriggerVersionRef version(std::uint32_t id, char const* trigger) {
        auto made = std::make_shared<TriggerVersion>();
        made->id = id;
        made->trigger = trigger;
        made->filter = "{}";
        return made;
    }
    TriggerSetRef const asked_ = std::make_shared<TriggerSet const>(
        TriggerSet{.id = 1, .members = {version(1, "default/a"), version(2, "default/b")}});

    void store(EventLog& log, int number) {
        auto stored = std::make_shared<StoredEvent>();
        stored->received_at = begin + std::chrono::minutes(number);
        stored->event = {
            .id = std::to_string(1000 + number),
            .source = "/s",
            .type = number % 2 == 0 ? "even" : "odd",
            .subject = "Thing"};
        stored->event.set_attribute("vmname", "vm" + std::to_string(number) + "x common");
        // Matched by "default/a" from event 31 on, and by "default/b" where the number is even.
        stored->asked = asked_;
        if (number > 30)
            stored->matches.push_back(asked_->members[0]);
        if (number % 2 == 0)
            stored->matches.push_back(asked_->members[1]);
        std::vector<std::shared_ptr<StoredEvent>> const one = {stored};
        // "b" got all it wanted but 20, which failed; "a" got 31 and 32.
        std::vector<DeliveryRecord> records;
        if (number > 30 && number < 33)
            records.push_back({number, 1, DeliveryState::delivered, {}});
        if (number % 2 == 0)
            records.push_back(
                {number, 2, number == 20 ? DeliveryState::failed : DeliveryState::delivered, {}});
        REQUIRE(log.append(one, {}));
        REQUIRE(log.append({}, records));
        REQUIRE(log.roll_if_full());
    }
};

std::vector<std::int64_t> search(Filled const& filled, SearchQuery const& query) {
    History history(filled.segments);
    auto const page = history.search(query, 10s);
    REQUIRE(page);
    CHECK(page->complete);
    std::vector<std::int64_t> found;
    for (HistoryRow const& row : page->rows)
        found.push_back(row.event->seq);
    return found;
}

/// Waits for the index of every event, on the condition itself.
void wait_for_index(Filled const& filled) {
    WordIndexer indexer(filled.segments);
    auto const deadline = steady_now() + 20s;
    for (std::int64_t to = 0; to < 45 && steady_now() < deadline;) {
        std::this_thread::yield();
        auto database = Database::open_to_read(filled.segments.list()->back().index_file);
        if (!database)
            continue;
        auto statement = database->prepare("SELECT value FROM meta WHERE key='indexed_to'");
        if (statement && statement->step().value_or(false))
            to = statement->integer(0);
    }
}

void check_searches(Filled const& filled) {
    CHECK(search(filled, {.words = {"vm7x"}}) == std::vector<std::int64_t>{7});
    CHECK(search(filled, {.words = {"vm7"}}) == std::vector<std::int64_t>{7});
    CHECK(search(filled, {.words = {"nothing"}}).empty());
    CHECK(search(filled, {.type = "even", .words = {"vm7x"}}).empty());
    CHECK(search(filled, {.type = "odd", .words = {"common", "vm7x"}}).size() == 1);
    CHECK(search(filled, {.type = "even", .limit = 100}).size() == 22);
    CHECK(search(filled, {.subject = "thing"}).empty());
    CHECK(search(filled, {.subject = "Thing", .source = "/s", .limit = 200}).size() == 45);
    auto const newest = search(filled, {.type = "odd", .limit = 2});
    CHECK(newest == std::vector<std::int64_t>{45, 43});
    auto const timed = search(
        filled, {.words = {"common"}, .from = filled.begin + 9min, .to = filled.begin + 12min});
    CHECK(timed == std::vector<std::int64_t>{11, 10, 9});
}

}  // namespace

TEST_CASE("History: searches find the same with and without the index", "[broker]") {
    Filled const filled;
    check_searches(filled);
    wait_for_index(filled);
    check_searches(filled);
}

TEST_CASE("History: pages follow each other to the end without gap or repeat", "[broker]") {
    Filled const filled;
    for (bool const with_words : {false, true}) {
        History history(filled.segments);
        SearchQuery query{.limit = 7};
        if (with_words)
            query.words = {"common"};
        std::int64_t expected = 45;
        for (;;) {
            auto const page = history.search(query, 10s);
            REQUIRE(page);
            for (HistoryRow const& row : page->rows)
                CHECK(row.event->seq == expected--);
            if (!page->next)
                break;
            query.before_seq = *page->next;
        }
        CHECK(expected == 0);
    }
}

TEST_CASE("History: a search out of time goes on where it stopped", "[broker]") {
    Filled const filled;
    History history(filled.segments);
    SearchQuery query{.words = {"vm3x"}};
    std::vector<std::int64_t> found;
    int pages = 0;
    for (; pages < 1000; ++pages) {
        auto const page = history.search(query, 0ms);
        REQUIRE(page);
        for (HistoryRow const& row : page->rows)
            found.push_back(row.event->seq);
        if (!page->next)
            break;
        REQUIRE(*page->next < query.before_seq);
        query.before_seq = *page->next;
    }
    CHECK(found == std::vector<std::int64_t>{3});
    CHECK(pages > 3);
}

TEST_CASE("History: times bound a listing, also between segments", "[broker]") {
    Filled const filled;
    auto const found =
        search(filled, {.from = filled.begin + 19min + 30s, .to = filled.begin + 22min});
    CHECK(found == std::vector<std::int64_t>{21, 20});
    CHECK(search(filled, {.from = filled.begin + 2h}).empty());
    CHECK(search(filled, {.to = filled.begin}).empty());
}

TEST_CASE("History: a stream is filled up from where it broke off", "[broker]") {
    Filled const filled;
    auto const rows = History(filled.segments).rows_after(38, 100);
    REQUIRE(rows);
    REQUIRE(rows->size() == 7);
    CHECK(rows->front().event->seq == 39);
    CHECK(History(filled.segments).rows_after(5, 3)->size() == 3);
}

// ui-trial 7
TEST_CASE("History: events are found by what became of them") {
    Filled const filled;
    auto const both = std::make_shared<TriggersInForce const>(
        TriggersInForce{{"default/a", 1}, {"default/b", 1}});
    using Seqs = std::vector<std::int64_t>;
    CHECK(search(filled, {.outcome = EventOutcome::failed, .in_force = both}) == Seqs{20});
    CHECK(
        search(filled, {.outcome = EventOutcome::unmatched, .in_force = both, .limit = 3}) ==
        Seqs{29, 27, 25});
    CHECK(
        search(filled, {.outcome = EventOutcome::pending, .in_force = both, .limit = 100}).size() ==
        13);
    std::set<std::string> const a = {"default/a"};
    CHECK(
        search(filled, {.outcome = EventOutcome::delivered, .triggers = a, .in_force = both}) ==
        Seqs{32, 31});
    CHECK(search(filled, {.triggers = a, .in_force = both, .limit = 100}).size() == 15);
    CHECK(
        search(
            filled,
            {.words = {"common"}, .outcome = EventOutcome::failed, .triggers = a, .in_force = both})
            .empty());
    CHECK(search(filled, {.triggers = std::set<std::string>{}, .in_force = both}).empty());
}

TEST_CASE("History: what waits for a trigger that was removed, or made anew, has failed") {
    Filled const filled;
    auto const anew = std::make_shared<TriggersInForce const>(
        TriggersInForce{{"default/a", 44}, {"default/b", 1}});
    auto const failed =
        search(filled, {.outcome = EventOutcome::failed, .in_force = anew, .limit = 100});
    CHECK(failed.size() == 12);
    CHECK(failed.front() == 43);
    auto const gone = std::make_shared<TriggersInForce const>();
    CHECK(
        search(filled, {.outcome = EventOutcome::failed, .in_force = gone, .limit = 100}).size() ==
        14);
    History history(filled.segments);
    auto const page = history.search({.in_force = anew, .limit = 3}, 10s);
    REQUIRE(page);
    CHECK(page->rows[0].deliveries.pending == 1);
    CHECK(page->rows[2].deliveries.failed == 1);
    CHECK(page->rows[2].deliveries.pending == 0);
    auto const rows = history.rows_after(42, 1, anew);
    REQUIRE(rows);
    CHECK(rows->front().deliveries.failed == 1);
}

// ui-trial 11
TEST_CASE("History: a phrase and an attribute find the same with and without the index") {
    Filled const filled;
    auto const check = [&filled] {
        CHECK(search(filled, {.phrases = {{"vm7x", "common"}}}) == std::vector<std::int64_t>{7});
        CHECK(search(filled, {.phrases = {{"common", "vm7x"}}}).empty());
        CHECK(
            search(filled, {.extensions = {{"vmname", "vm7x common"}}}) ==
            std::vector<std::int64_t>{7});
        CHECK(search(filled, {.extensions = {{"vmname", "vm7x"}}}).empty());
    };
    check();
    wait_for_index(filled);
    check();
}
