// SPDX-License-Identifier: Apache-2.0
// Attack 5 to 7: whatever happens to a file of the log, it is told by the file's name, and the rest
// of the log is in use.
#include <fstream>

#include "broker/history/history.hpp"
#include "broker/log/event_log.hpp"
#include "broker/record/verdict.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerVersionRef const echo = std::make_shared<TriggerVersion const>(
    TriggerVersion{.id = 1, .trigger = "default/echo", .filter = "{}"});
TriggerSetRef const asked =
    std::make_shared<TriggerSet const>(TriggerSet{.id = 1, .members = {echo}});

/// A closed log of 35 events, ten a file, each matched by default/echo.
class Closed {
public:
    Closed() {
        EventLog log(options(), segments);
        for (int i = 1; i <= 35; ++i) {
            auto stored = std::make_shared<StoredEvent>();
            stored->broker = "default/default";
            stored->received_at = system_now();
            stored->event = {.id = "event-" + std::to_string(i), .source = "/s", .type = "t"};
            stored->event.has_data = true;
            stored->event.data = "data of " + std::to_string(i) + std::string(300, '.');
            stored->asked = asked;
            stored->matches = {echo};
            std::vector<std::shared_ptr<StoredEvent>> const one = {stored};
            REQUIRE(log.append(one, {}));
            REQUIRE(log.roll_if_full());
        }
    }

    EventLogOptions options() const {
        EventLogOptions made;
        made.folder = folder.path();
        made.segment_events_max = 10;
        return made;
    }
    std::filesystem::path file(std::string const& name) const { return folder.path() / name; }
    /// Changes one byte at every place of the file where `text` stands.
    void flip(std::string const& name, std::string const& text) const {
        std::string bytes;
        {
            std::ifstream in(file(name), std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(in), {});
        }
        std::size_t count = 0;
        for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
            bytes[at] = static_cast<char>(bytes[at] ^ 1);
            ++count;
        }
        REQUIRE(count > 0);
        std::ofstream(file(name), std::ios::binary) << bytes;
    }
    PendingPage pending() {
        auto page =
            History(segments).pending({.trigger = "default/echo", .to_seq = 35, .limit = 100});
        REQUIRE(page);
        CHECK(page->examined_to == 35);
        return std::move(*page);
    }

    test::TemporaryFolder folder;
    SegmentDirectory segments;
};

bool tells(std::vector<LogDamage> const& damages, std::string const& name) {
    return std::ranges::any_of(damages, [&](LogDamage const& damage) {
        return damage.problem.find(name) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("Log damage: a log that is well tells nothing", "[broker]") {
    Closed closed;
    EventLog log(closed.options(), closed.segments);
    CHECK(log.damages().empty());
    auto const page = closed.pending();
    CHECK(page.items.size() == 35);
    CHECK(page.lost.count == 0);
}

TEST_CASE("Log damage: a file that is no database any more is set aside", "[broker]") {
    for (std::string const& bytes : {std::string(), std::string(8192, 'x')}) {
        Closed closed;
        std::ofstream(closed.file("000002.db"), std::ios::binary) << bytes;
        EventLog log(closed.options(), closed.segments);
        CHECK(tells(log.damages(), "000002.db"));
        CHECK(std::filesystem::exists(closed.file("000002.db.damaged")));
        CHECK(log.next_seq() == 36);
        auto const page = closed.pending();
        CHECK(page.items.size() == 25);
        CHECK(page.lost.count == 10);
        CHECK(page.lost.first_seq == 11);
        CHECK(page.lost.problem.find("0000") != std::string::npos);
    }
}

TEST_CASE(
    "Log damage: a deleted file is missed, be it the oldest, a middle one, the newest",
    "[broker]") {
    struct Case {
        std::string name;
        std::int64_t first;
        std::int64_t last;
    };
    for (Case const& deleted :
         {Case{"000001.db", 1, 10}, {"000003.db", 21, 30}, {"000004.db", 31, 35}}) {
        CAPTURE(deleted.name);
        Closed closed;
        for (char const* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(closed.file(deleted.name + suffix));
        EventLog log(closed.options(), closed.segments);
        REQUIRE(log.damages().size() == 1);
        CHECK(log.damages().front().first_seq == deleted.first);
        CHECK(log.damages().front().last_seq == deleted.last);
        CHECK(log.next_seq() == 36);
    }
}

TEST_CASE(
    "Log damage: a newest file that lost its last events is told from a short log", "[broker]") {
    Closed closed;
    {
        auto database = Database::open(closed.file("000004.db"), Database::Sync::every_commit);
        REQUIRE(database);
        REQUIRE(database->execute("DELETE FROM events WHERE seq>33"));
    }
    EventLog log(closed.options(), closed.segments);
    REQUIRE(log.damages().size() == 1);
    CHECK(log.damages().front().first_seq == 34);
    CHECK(log.damages().front().problem.find("000004.db") != std::string::npos);
    // A number is not given twice: a sender was promised an event of this number.
    CHECK(log.next_seq() == 36);
    CHECK(History(closed.segments).find(33));
    CHECK(History(closed.segments).find(34).error().code == ErrorCode::damaged);
}

TEST_CASE("Log damage: a newest file that was never written to is none", "[broker]") {
    Closed closed;
    std::ofstream(closed.file("000005.db")).flush();
    EventLog const log(closed.options(), closed.segments);
    CHECK(log.damages().empty());
    CHECK(log.next_seq() == 36);
    CHECK_FALSE(std::filesystem::exists(closed.file("000005.db.damaged")));
    CHECK(std::filesystem::file_size(closed.file("000005.db")) > 0);
}

TEST_CASE("Log damage: a newest file that was emptied is one", "[broker]") {
    Closed closed;
    std::ofstream(closed.file("000004.db"), std::ios::trunc).flush();
    EventLog const log(closed.options(), closed.segments);
    CHECK(tells(log.damages(), "000004.db is empty"));
    CHECK(std::filesystem::exists(closed.file("000004.db.damaged")));
}

TEST_CASE("Log damage: a flipped byte is found where the event is read", "[broker]") {
    Closed closed;
    closed.flip("000002.db", "data of 15.");
    closed.flip("000002.db", "event-16");
    EventLog log(closed.options(), closed.segments);
    History history(closed.segments);
    CHECK(history.find(14));
    auto const data = history.find(15);
    REQUIRE_FALSE(data);
    CHECK(data.error().code == ErrorCode::damaged);
    CHECK(data.error().detail.find("000002.db") != std::string::npos);
    CHECK(history.find(16).error().code == ErrorCode::damaged);
    CHECK(history.find(17));
    auto const page = history.search({.limit = 100}, 10s);
    REQUIRE(page);
    CHECK(page->rows.size() == 34);
    CHECK(page->unreadable == 1);
}

TEST_CASE("Log damage: a flipped byte in who gets an event is told as lost", "[broker]") {
    Closed closed;
    {
        auto database = Database::open(closed.file("000002.db"), Database::Sync::every_commit);
        REQUIRE(database);
        REQUIRE(database->execute("UPDATE events SET matches=x'02' WHERE seq=12"));
    }
    EventLog log(closed.options(), closed.segments);
    auto const page = closed.pending();
    CHECK(page.items.size() == 34);
    CHECK(page.lost.count == 1);
    CHECK(page.lost.first_seq == 12);
}

TEST_CASE("Log damage: a damaged Trigger or list of them leaves its events readable", "[broker]") {
    for (std::string const& change :
         {"UPDATE versions SET filter='{ }'", "DELETE FROM versions",
          "UPDATE sets SET members=x'02'", "DELETE FROM sets"}) {
        CAPTURE(change);
        Closed closed;
        {
            auto database = Database::open(closed.file("000002.db"), Database::Sync::every_commit);
            REQUIRE(database);
            REQUIRE(database->execute(change.c_str()));
        }
        History history(closed.segments);
        auto const found = history.find(15);
        REQUIRE(found);
        REQUIRE(found->event->matches.size() == 1);
        CHECK(found->event->matches.front()->id == 1);
        // Nobody reads that no Trigger was asked.
        auto const verdicts = verdicts_of(*found->event);
        REQUIRE(verdicts.size() == 1);
        CHECK(verdicts.front().trigger.starts_with("unreadable/"));
        auto const page = history.search({.limit = 100}, 10s);
        REQUIRE(page);
        CHECK(page->rows.size() == 35);
        CHECK(page->unreadable == 0);
    }
}

TEST_CASE("Log damage: a file that breaks while it is in use costs its own events", "[broker]") {
    Closed closed;
    std::ofstream(closed.file("000002.db"), std::ios::binary) << std::string(8192, 'x');
    History history(closed.segments);
    auto const page = history.search({.limit = 100}, 10s);
    REQUIRE(page);
    CHECK(page->rows.size() == 25);
    CHECK(page->unreadable == 1);
    CHECK(page->complete);
    auto const rows = history.rows_after(5, 100);
    REQUIRE(rows);
    CHECK(rows->size() == 20);
}

TEST_CASE("Log damage: rows that follow one another leave out what is damaged", "[broker]") {
    Closed closed;
    closed.flip("000002.db", "event-16");
    auto const rows = History(closed.segments).rows_after(12, 100);
    REQUIRE(rows);
    CHECK(rows->size() == 22);
    CHECK(rows->front().event->seq == 13);
    CHECK(History(closed.segments).rows_after(35, 100)->empty());
}

TEST_CASE("Log damage: an event that is missing in its file is told as lost", "[broker]") {
    Closed closed;
    {
        auto database = Database::open(closed.file("000002.db"), Database::Sync::every_commit);
        REQUIRE(database);
        REQUIRE(database->execute("DELETE FROM events WHERE seq=13"));
    }
    EventLog log(closed.options(), closed.segments);
    CHECK(closed.pending().lost.count == 1);
    CHECK(History(closed.segments).find(13).error().code == ErrorCode::damaged);
}

TEST_CASE("Log damage: what became of a delivery is never believed when damaged", "[broker]") {
    Closed closed;
    {
        EventLog log(closed.options(), closed.segments);
        std::vector<DeliveryRecord> const records = {
            {.seq = 5, .version = 1, .state = DeliveryState::pending}};
        REQUIRE(log.amend(records));
        auto database = Database::open(closed.file("000001.db"), Database::Sync::every_commit);
        REQUIRE(database);
        REQUIRE(database->execute("UPDATE deliveries SET state=1"));
    }
    EventLog log(closed.options(), closed.segments);
    CHECK(closed.pending().items.size() == 35);
}

// Attack 2.
TEST_CASE("Log damage: one bad page costs its own events only", "[broker]") {
    Closed closed;
    EventLog log(closed.options(), closed.segments);
    History history(closed.segments);
    {
        // The page that holds event 15, all of it, in a file whose log has been moved into it.
        std::fstream out(closed.file("000002.db"), std::ios::binary | std::ios::in | std::ios::out);
        std::string const bytes(std::istreambuf_iterator<char>(out), {});
        auto const at = bytes.find("data of 15.");
        REQUIRE(at != std::string::npos);
        out.seekp(static_cast<std::streamoff>(at / 8192 * 8192));
        out << std::string(8192, '\0');
    }
    auto const page = history.pending({.trigger = "default/echo", .to_seq = 35, .limit = 100});
    REQUIRE(page);
    CHECK(page->examined_to == 35);
    CHECK(page->items.size() + page->lost.count == 35);
    CHECK(page->lost.count >= 1);
    CHECK(page->lost.count <= 10);
    CHECK(page->lost.problem.find("000002.db") != std::string::npos);
}

TEST_CASE("Log damage: files that changed places stop the start, by name", "[broker]") {
    Closed closed;
    std::filesystem::rename(closed.file("000001.db"), closed.file("x"));
    std::filesystem::rename(closed.file("000002.db"), closed.file("000001.db"));
    std::filesystem::rename(closed.file("x"), closed.file("000002.db"));
    try {
        EventLog log(closed.options(), closed.segments);
        FAIL("It started.");
    } catch (StartupError const& error) {
        CHECK(std::string(error.what()).find("000001.db") != std::string::npos);
    }
}

TEST_CASE("Log damage: a log state that is gone or damaged is told", "[broker]") {
    for (bool const is_deleted : {true, false}) {
        Closed closed;
        if (is_deleted)
            std::filesystem::remove(closed.file("log.state"));
        else
            closed.flip("log.state", "MIRLOG1");
        {
            EventLog log(closed.options(), closed.segments);
            CHECK(tells(log.damages(), "log.state"));
            CHECK(log.next_seq() == 36);
        }
        EventLog log(closed.options(), closed.segments);
        CHECK(log.damages().empty());
    }
}
