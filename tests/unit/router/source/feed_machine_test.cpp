// SPDX-License-Identifier: Apache-2.0
#include "router/source/feed_machine.hpp"

#include "tests/simulation/router/oracle.hpp"
#include "tests/simulation/router/simulated_folder.hpp"
#include "tests/simulation/router/simulated_sink.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;
using namespace millrace::test;

namespace {

SystemTime at(int second) {
    return SystemTime(seconds(1'000'000 + second));
}

/// A feed that has begun, on a disk that can fail.
struct Rig {
    std::mt19937_64 random{1};
    SimulatedFolder folder{random};
    Telemetry telemetry;
    FeedMachine feed{options(), folder, telemetry};
    SteadyTime now{};

    static FeedOptions options() {
        FeedOptions options;
        options.name = "default/vc";
        options.delivery.lanes = 4;
        options.room = 10;
        options.pending_max = 40;
        return options;
    }

    Rig() {
        feed.restart("uuid", at(0));
        save();
    }
    void save() {
        if (feed.keeper().begin_save(now))
            feed.keeper().end_save(feed.checkpoint_file().sync(), now);
    }
    std::optional<std::size_t> take(int key, std::uint64_t entity) {
        return feed.take(key, at(key), [&](EventEncoding encoding) {
            ++conversions;
            return message_of(key, at(key), entity, encoding);
        });
    }
    /// One attempt of the lane, or its pause.
    void attempt(std::size_t lane, int status) {
        auto step = feed.next(lane, now);
        if (auto const* pause = std::get_if<Pause>(&step)) {
            now = pause->until;
            step = feed.next(lane, now);
        }
        REQUIRE(std::holds_alternative<Post>(step));
        feed.answered(lane, {.status = status}, {now, at(100), 0});
    }
    int conversions = 0;
};

}  // namespace

// Review 1.1: what a new collector reads again was converted only to be dropped.
TEST_CASE("Feed: a duplicate is dropped before it is converted") {
    Rig rig;
    CHECK(rig.take(1, 5));
    CHECK_FALSE(rig.take(1, 5));
    CHECK(rig.conversions == 1);
    SourceReport const report = rig.feed.report(rig.now);
    CHECK(report.received == 1);
    CHECK(report.duplicates_dropped == 1);
}

TEST_CASE(
    "Feed: what the sink took is in the checkpoint after the next flush, what it did not is not") {
    Rig rig;
    auto const lane = rig.take(1, 5);
    auto const other = rig.take(2, 6);
    REQUIRE(lane);
    REQUIRE(other);
    rig.attempt(*lane, 202);
    CHECK(rig.feed.keeper().has_notes());
    rig.feed.keeper().flush(rig.now);
    auto const loaded = decode_checkpoint(rig.folder.content("checkpoint"));
    REQUIRE(loaded);
    CHECK(loaded->state.delivered.contains(1));
    CHECK_FALSE(loaded->state.delivered.contains(2));
    CHECK(rig.feed.keeper().due() == rig.now + 50ms);
}

TEST_CASE("Feed: a refused event counts as settled only once its dead letter is on disk") {
    Rig rig;
    auto const lane = rig.take(1, 5);
    rig.folder.set_full(true);
    for (int i = 0; i < 10; ++i)
        rig.attempt(*lane, 400);
    CHECK(rig.feed.window().unsettled() == 1);
    CHECK(dead_letters(rig.folder).empty());
    CHECK(rig.feed.report(rig.now).problem.find("400") != std::string::npos);
    rig.folder.set_full(false);
    for (int i = 0; i < 10 && !rig.feed.is_drained(); ++i)
        rig.attempt(*lane, 400);
    CHECK(rig.feed.is_drained());
    CHECK(dead_letters(rig.folder) == std::set<std::int32_t>{1});
    CHECK(rig.feed.report(rig.now).dead_lettered == 1);
}

TEST_CASE("Feed: room ends with a page, but not for what waits on a lane that is stuck") {
    Rig rig;
    std::size_t lane = 0;
    for (int key = 1; key <= 10; ++key)
        lane = rig.take(key, 5).value();
    CHECK_FALSE(rig.feed.has_room());
    for (int i = 0; i < 6; ++i)
        rig.attempt(lane, 500);
    CHECK(rig.feed.has_room());
    int key = 11;
    while (rig.feed.has_room() && key < 1'000)
        rig.take(key++, 5);
    CHECK(key == 41);
}

TEST_CASE("Feed: an unreadable event is counted once for its key and holds nothing up") {
    Rig rig;
    rig.feed.leave_out(7, at(7));
    rig.feed.leave_out(7, at(7));
    CHECK(rig.feed.report(rig.now).unreadable == 1);
    CHECK(rig.feed.window().has_seen(7));
    CHECK(rig.feed.window().low_water() == at(7));
    rig.feed.leave_out(std::nullopt, at(8));
    CHECK(rig.feed.report(rig.now).unreadable == 2);
}

TEST_CASE("Feed: a disk that refuses is told and tried again each second; delivery goes on (F25)") {
    Rig rig;
    rig.folder.set_full(true);
    auto const lane = rig.take(1, 5);
    rig.attempt(*lane, 202);
    rig.feed.keeper().flush(rig.now);
    CHECK(rig.feed.keeper().due() == rig.now);
    CHECK_FALSE(rig.feed.keeper().begin_save(rig.now));
    CHECK(rig.feed.keeper().due() == rig.now + 1s);
    CHECK(rig.feed.report(rig.now).problem.find("No space left") != std::string::npos);
    CHECK(rig.take(2, 5));
    rig.folder.set_full(false);
    rig.save();
    CHECK(rig.feed.report(rig.now).problem.empty());
    CHECK_FALSE(rig.feed.keeper().due());
}

TEST_CASE("Feed: a source whose history has not begun writes no checkpoint") {
    std::mt19937_64 random{1};
    SimulatedFolder folder{random};
    Telemetry telemetry;
    FeedMachine feed(Rig::options(), folder, telemetry);
    feed.leave_out(7, at(7));
    feed.keeper().flush(SteadyTime());
    CHECK_FALSE(feed.keeper().due());
    CHECK(folder.content("checkpoint").empty());
}
