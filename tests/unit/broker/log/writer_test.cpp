// SPDX-License-Identifier: Apache-2.0
#include "broker/log/writer.hpp"

#include "broker/history/history.hpp"
#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

TriggerVersionRef const echo = std::make_shared<TriggerVersion const>(
    TriggerVersion{.id = 1, .trigger = "default/echo", .filter = "{}"});
TriggerSetRef const asked =
    std::make_shared<TriggerSet const>(TriggerSet{.id = 1, .members = {echo}});

std::shared_ptr<StoredEvent> event(std::string const& id) {
    auto stored = std::make_shared<StoredEvent>();
    stored->broker = "default/default";
    stored->received_at = system_now();
    stored->event = {.id = id, .source = "/s", .type = "t"};
    stored->asked = asked;
    stored->matches = {echo};
    stored->memory_bytes = memory_of(*stored);
    return stored;
}

/// A writer over a log of ten events a file, and what it told.
class Writing {
public:
    explicit Writing(WriterOptions options = {})
        : log(log_options(), segments),
          totals(folder.path() / "totals.db"),
          writer(
              {.io = io, .log = log, .totals = totals, .telemetry = telemetry}, options,
              [this](EventBatch const& batch) { told.push_back(batch); }) {}

    EventLogOptions log_options() const {
        EventLogOptions made;
        made.folder = folder.path() / "segments";
        made.segment_events_max = 10;
        return made;
    }
    Task<void> store(int count) {
        for (int i = 0; i < count; ++i) {
            EventBatch one;
            one.push_back(event(std::to_string(i)));
            auto const stored = co_await writer.store(std::move(one));
            REQUIRE(stored);
        }
    }

    TemporaryFolder folder;
    asio::io_context io;
    Telemetry telemetry;
    SegmentDirectory segments;
    EventLog log;
    TotalsFile totals;
    std::vector<EventBatch> told;
    Writer writer;
};

/// Several requests at once, as the loop of a broker has them.
Task<void> store_together(Writing& in, int requests) {
    using namespace asio::experimental::awaitable_operators;
    TaskGroup tasks(co_await asio::this_coro::executor);
    int done = 0;
    for (int i = 0; i < requests; ++i)
        tasks.spawn("store", [](Writing& to, int number, int& count) -> Task<void> {
            EventBatch two;
            two.push_back(event(std::to_string(number) + "a"));
            two.push_back(event(std::to_string(number) + "b"));
            auto const stored = co_await to.writer.store(std::move(two));
            CHECK(stored);
            ++count;
        }(in, i, done));
    CHECK(co_await comes_true([&] { return done == requests; }, 20s));
    co_await tasks.stop();
}

Task<void> check_late_records(Writing& in) {
    co_await in.store(25);
    // The oldest file cannot be opened any more, and something became of one of its events.
    for (char const* suffix : {"", "-wal", "-shm"}) {
        auto const file = in.folder.path() / "segments" / (std::string("000001.db") + suffix);
        std::error_code ignored;
        std::filesystem::rename(file, file.string() + ".away", ignored);
    }
    std::filesystem::create_directory(in.folder.path() / "segments/000001.db");
    in.writer.record({.seq = 3, .version = 1, .state = DeliveryState::delivered});
    in.writer.record({.seq = 24, .version = 1, .state = DeliveryState::delivered});
    CHECK(co_await comes_true([&] { return !in.writer.late_trouble().empty(); }, 20s));
    CHECK(in.writer.late_trouble().find("000001.db") != std::string::npos);
    CHECK(in.writer.trouble().empty());
    co_await in.store(1);
    auto const newest = History(in.segments).find(24);
    REQUIRE(newest);
    CHECK(newest->deliveries.at(1).state == DeliveryState::delivered);
}

}  // namespace

TEST_CASE("Writer: events have their numbers and stand in the log when store returns", "[broker]") {
    Writing in;
    run_task(in.io, in.store(3));
    REQUIRE(in.told.size() == 3);
    CHECK(in.told.back().front()->seq == 3);
    CHECK(History(in.segments).find(3));
    in.writer.stop();
}

TEST_CASE(
    "Writer: requests that wait share transactions, told once each, in the log's order",
    "[broker]") {
    Writing in;
    run_task(in.io, store_together(in, 50));
    CHECK(in.told.size() < 50);
    std::int64_t expected = 1;
    for (EventBatch const& batch : in.told)
        for (auto const& one : batch)
            CHECK(one->seq == expected++);
    CHECK(expected == 101);
    in.writer.stop();
}

TEST_CASE("Writer: what does not fit in its queue is refused, never half of it", "[broker]") {
    Writing in({.queue_events_max = 3});
    run_task(in.io, [](Writing& at) -> Task<void> {
        TaskGroup tasks(co_await asio::this_coro::executor);
        int stored = 0;
        int refused = 0;
        for (int i = 0; i < 4; ++i)
            tasks.spawn("store", [](Writing& to, int& yes, int& no) -> Task<void> {
                EventBatch two;
                two.push_back(event("a"));
                two.push_back(event("b"));
                auto const done = co_await to.writer.store(std::move(two));
                ++(done ? yes : no);
                if (!done)
                    CHECK(done.error().code == ErrorCode::unavailable);
            }(at, stored, refused));
        CHECK(co_await comes_true([&] { return stored + refused == 4; }, 20s));
        CHECK(stored >= 1);
        CHECK(refused >= 1);
        co_await tasks.stop();
    }(in));
    std::size_t events = 0;
    for (EventBatch const& batch : in.told)
        events += batch.size();
    CHECK(in.log.next_seq() - 1 == static_cast<std::int64_t>(events));
    in.writer.stop();
}

// Review 4.1.
TEST_CASE(
    "Writer: an older file that cannot be written holds up no event and no other record",
    "[broker]") {
    Writing in;
    run_task(in.io, check_late_records(in));
    in.writer.stop();
}

TEST_CASE("Writer: stopping writes everything that was handed to it", "[broker]") {
    Writing in;
    run_task(in.io, in.store(12));
    in.writer.record({.seq = 12, .version = 1, .state = DeliveryState::failed});
    in.writer.save({.head = 12});
    in.writer.stop();
    CHECK(History(in.segments).find(12)->deliveries.at(1).state == DeliveryState::failed);
    CHECK(in.totals.read()->head == 12);
}
