// SPDX-License-Identifier: Apache-2.0
#include "broker/log/log_keeper.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

constexpr SteadyTime now{1h};

/// A log of 25 events, ten a file.
class Keeping {
public:
    Keeping()
        : log(options(), segments),
          totals(folder.path() / "totals.db"),
          keeper(log, totals, 10s, now) {
        for (int i = 0; i < 25; ++i)
            REQUIRE(perform(append()).trouble.empty());
    }

    EventLogOptions options() {
        EventLogOptions made;
        made.free_bytes_min = 1 << 20;
        made.free_bytes = [this](auto const&) { return free_bytes; };
        made.folder = folder.path() / "segments";
        made.segment_events_max = 10;
        return made;
    }
    static LogWork append() {
        auto stored = std::make_shared<StoredEvent>();
        stored->event = {.id = "1", .source = "/s", .type = "t"};
        LogWork work;
        work.appends.push_back({.events = {std::move(stored)}});
        return work;
    }
    LogKeeper::Left perform(LogWork work, SteadyTime at = now) {
        return keeper.perform(
            std::move(work),
            [this](auto const&, auto const& events, Result<void> const& outcome) {
                (outcome ? committed : refused) += events.size();
            },
            at);
    }
    /// The oldest file cannot be opened any more.
    void break_oldest() const {
        for (char const* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::path const file = folder.path() / "segments" / "000001.db";
            std::error_code ignored;
            std::filesystem::rename(file.string() + suffix, file.string() + ".away", ignored);
        }
        std::filesystem::create_directory(folder.path() / "segments/000001.db");
    }

    Result<std::int64_t> free_bytes = 1 << 20;
    test::TemporaryFolder folder;
    SegmentDirectory segments;
    EventLog log;
    TotalsFile totals;
    LogKeeper keeper;
    std::size_t committed = 0;
    std::size_t refused = 0;
};

LogWork record_and_totals() {
    LogWork work;
    work.records.push_back({.seq = 3, .version = 1, .state = DeliveryState::failed});
    work.totals = SavedTotals{.head = 25};
    work.totals->triggers = {
        {"default/caught-up", {.low_water = 0}},
        {"default/behind", {.low_water = 2}},
        {"default/removed", {.low_water = 26, .removed = true}}};
    return work;
}

}  // namespace

TEST_CASE("Log keeper: what was committed is told, once", "[broker]") {
    Keeping in;
    CHECK(in.committed == 25);
    CHECK(in.log.segments() == 3);
}

TEST_CASE("Log keeper: counters follow the records they count", "[broker]") {
    Keeping in;
    auto const left = in.perform(record_and_totals());
    CHECK(left.records.empty());
    CHECK_FALSE(left.totals);
    auto const saved = in.totals.read();
    REQUIRE(saved);
    CHECK(saved->triggers.at("default/caught-up").low_water == 0);
}

TEST_CASE("Log keeper: no cursor is saved past a record that waits for its file", "[broker]") {
    Keeping in;
    in.break_oldest();
    auto const left = in.perform(record_and_totals());
    CHECK(left.trouble.empty());
    CHECK_FALSE(in.keeper.late_trouble().empty());
    auto const saved = in.totals.read();
    REQUIRE(saved);
    CHECK(saved->triggers.at("default/caught-up").low_water == 3);
    CHECK(saved->triggers.at("default/behind").low_water == 2);
    CHECK(saved->triggers.at("default/removed").low_water == 26);
    CHECK(in.keeper.due() < now + 10s);
}

TEST_CASE(
    "Log keeper: on a disk that is nearly full events are refused, and records are written",
    "[broker]") {
    Keeping in;
    in.free_bytes = (1 << 20) - 1;
    LogWork work = Keeping::append();
    work.records.push_back({.seq = 25, .version = 1, .state = DeliveryState::delivered});
    auto const left = in.perform(std::move(work));
    CHECK(in.refused == 1);
    CHECK(in.log.next_seq() == 26);
    CHECK(left.records.empty());
    CHECK(left.trouble.find("has 0 MiB free, and 1 MiB are needed") != std::string::npos);

    CHECK_FALSE(in.perform({}).trouble.empty());
    in.free_bytes = 1 << 20;
    CHECK(in.perform({}).trouble.empty());
    CHECK(in.perform(Keeping::append()).trouble.empty());
    CHECK(in.log.next_seq() == 27);
}
