// SPDX-License-Identifier: Apache-2.0
#include "broker/history/word_index.hpp"

#include <fstream>

#include "broker/history/history.hpp"
#include "broker/log/event_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

constexpr std::size_t page_bytes = 8192;
using Numbers = std::vector<std::int64_t>;

/// A log of ten events a file: event N has the words "eventN" and "common" and 1,500 bytes of data.
class Log {
public:
    explicit Log(int count) { store(count); }

    void store(int count) {
        for (int i = 0; i < count; ++i) {
            std::string const number = std::to_string(log_.next_seq());
            auto stored = std::make_shared<StoredEvent>();
            stored->received_at = system_now();
            stored->event = {.id = number, .source = "/s", .type = "t"};
            stored->event.set_attribute("vmname", "event" + number + " common");
            stored->event.has_data = true;
            stored->event.data = "\"data of " + number + "." + std::string(1500, 'x') + '"';
            std::vector<std::shared_ptr<StoredEvent>> const one = {stored};
            REQUIRE(log_.append(one, {}));
            REQUIRE(log_.roll_if_full());
        }
    }
    std::filesystem::path file(std::string const& name) const { return folder_.path() / name; }
    std::filesystem::path index(std::uint32_t segment) const {
        return segment_info(folder_.path(), segment).index_file;
    }
    void remove_index(std::uint32_t segment) const {
        broker::remove_index(segment_info(folder_.path(), segment));
    }
    /// 0 where it has none, or none that can be read.
    std::int64_t number_in(std::uint32_t segment, std::string const& key) const {
        auto database = Database::open_to_read(index(segment));
        if (!database)
            return 0;
        auto statement = database->prepare("SELECT value FROM meta WHERE key='" + key + "'");
        return statement && statement->step().value_or(false) ? statement->integer(0) : 0;
    }
    std::int64_t indexed_to(std::uint32_t segment) const {
        return number_in(segment, "indexed_to");
    }
    bool is_complete(std::uint32_t segment) const { return number_in(segment, "complete") == 1; }
    /// What the index itself says.
    Numbers indexed(std::uint32_t segment, std::string const& word) const {
        auto database = Database::open_to_read(index(segment));
        REQUIRE(database);
        auto statement = database->prepare("SELECT rowid FROM words WHERE words MATCH ?");
        REQUIRE(statement);
        statement->bind(1, std::string_view(word));
        Numbers found;
        while (statement->step().value_or(false))
            found.push_back(statement->integer(0));
        return found;
    }
    void overwrite_page_with(std::filesystem::path const& file, std::string const& text) const {
        std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
        std::string const bytes(std::istreambuf_iterator<char>(out), {});
        auto const at = bytes.find(text);
        REQUIRE(at != std::string::npos);
        out.seekp(static_cast<std::streamoff>(at / page_bytes * page_bytes));
        out << std::string(page_bytes, '\0');
    }

    SegmentDirectory segments;

private:
    EventLogOptions options() const {
        EventLogOptions made;
        made.folder = folder_.path();
        made.segment_events_max = 10;
        return made;
    }
    TemporaryFolder folder_;
    EventLog log_{options(), segments};
};

WordIndexerOptions const eager{.patience = 0ms, .first_pause = 1ms, .longest_pause = 4ms};

/// Whether `condition` holds within 20 s.
template <class Condition>
bool comes(Condition condition) {
    asio::io_context io;
    bool came = false;
    run_task(io, [](Condition& awaited, bool& outcome) -> Task<void> {
        outcome = co_await comes_true(std::ref(awaited), 20s);
    }(condition, came));
    return came;
}

/// Indexes what is there and ends.
void index_all(Log const& log, std::uint32_t newest, std::int64_t to) {
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.indexed_to(newest) == to; }));
    CHECK(indexer.trouble().empty());
}

Numbers search(Log const& log, std::string const& word, std::size_t unreadable = 0) {
    History history(log.segments);
    auto const page = history.search({.words = {word}, .limit = 100}, 10s);
    REQUIRE(page);
    CHECK(page->complete);
    CHECK(page->unreadable == unreadable);
    Numbers found;
    for (HistoryRow const& row : page->rows)
        found.push_back(row.event->seq);
    return found;
}

std::string content(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(std::filesystem::path const& file, std::string const& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("WordIndexer: it follows the log, file after file", "[broker]") {
    Log log(25);
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.indexed_to(3) == 25; }));
    CHECK(log.is_complete(1));
    CHECK(log.is_complete(2));
    CHECK_FALSE(log.is_complete(3));
    log.store(10);
    indexer.added(10);
    REQUIRE(comes([&] { return log.indexed_to(4) == 35; }));
    CHECK(log.is_complete(3));
    CHECK(log.indexed(2, "event17") == Numbers{17});
    CHECK(log.indexed(4, "common") == Numbers{31, 32, 33, 34, 35});
    CHECK(indexer.trouble().empty());
}

TEST_CASE("WordIndexer: it goes on where it stopped and reads nothing twice", "[broker]") {
    Log log(15);
    index_all(log, 2, 15);
    // What it would find if it read them again.
    auto events = Database::open(log.file("000002.db"), Database::Sync::checkpoints);
    REQUIRE(events);
    REQUIRE(events->execute("UPDATE events SET type='changed'"));
    log.store(3);
    index_all(log, 2, 18);
    CHECK(log.indexed(2, "changed").empty());
    CHECK(log.indexed(2, "common") == Numbers{11, 12, 13, 14, 15, 16, 17, 18});
}

TEST_CASE("WordIndexer: a deleted index is made again", "[broker]") {
    Log const log(25);
    index_all(log, 3, 25);
    for (std::uint32_t const segment : {1U, 3U})
        log.remove_index(segment);
    CHECK(search(log, "event7") == Numbers{7});
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.is_complete(1) && log.indexed_to(3) == 25; }));
    CHECK(log.indexed(1, "event7") == Numbers{7});
    CHECK(log.indexed(3, "event21") == Numbers{21});
}

TEST_CASE("WordIndexer: an index that is none, or another's, is made again", "[broker]") {
    Log const log(25);
    index_all(log, 3, 25);
    for (std::uint32_t const segment : {1U, 3U}) {
        log.remove_index(segment);
        write(log.index(segment), std::string(page_bytes, 'x'));
    }
    log.remove_index(2);
    {
        auto other = Database::open(log.index(2), Database::Sync::checkpoints);
        REQUIRE(other);
        REQUIRE(other->execute("CREATE TABLE words(a); CREATE TABLE meta(b)"));
    }
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.is_complete(1) && log.is_complete(2); }));
    REQUIRE(comes([&] { return log.indexed_to(3) == 25; }));
    CHECK(log.indexed(1, "event7") == Numbers{7});
    CHECK(log.indexed(2, "event17") == Numbers{17});
    CHECK(log.indexed(3, "common").size() == 5);
    CHECK(indexer.trouble().empty());
}

TEST_CASE("WordIndexer: an index that breaks while it is written is made again", "[broker]") {
    Log log(15);
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.indexed_to(2) == 15; }));
    {
        auto index = Database::open(log.index(2), Database::Sync::checkpoints);
        REQUIRE(index);
        REQUIRE(index->execute("UPDATE words_data SET block=x'ff'"));
    }
    log.store(1);
    indexer.added(1);
    REQUIRE(comes([&] { return log.indexed_to(2) == 16; }));
    CHECK(log.indexed(2, "common") == Numbers{11, 12, 13, 14, 15, 16});
    CHECK(indexer.trouble().empty());
}

TEST_CASE("WordIndexer: whatever page of an index is damaged, searches find the same", "[broker]") {
    Log const log(25);
    index_all(log, 3, 25);
    std::string const whole = content(log.index(1));
    std::size_t taken_away = 0;
    for (std::size_t at = 0; at < whole.size(); at += page_bytes) {
        CAPTURE(at);
        log.remove_index(1);
        write(log.index(1), std::string(whole).replace(at, page_bytes, page_bytes, '\0'));
        CHECK(search(log, "event7") == Numbers{7});
        CHECK(search(log, "common").size() == 25);
        taken_away += std::filesystem::exists(log.index(1)) ? 0 : 1;
    }
    CHECK(taken_away >= 3);
}

TEST_CASE("WordIndexer: an index that a search has taken away is made again", "[broker]") {
    Log log(25);
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.is_complete(1) && log.indexed_to(3) == 25; }));
    // All but the page that says what tables there are.
    std::string whole = content(log.index(1));
    log.remove_index(1);
    write(log.index(1), whole.replace(page_bytes, whole.size(), whole.size() - page_bytes, '\0'));
    CHECK(search(log, "event7") == Numbers{7});
    CHECK_FALSE(std::filesystem::exists(log.index(1)));
    log.store(1);
    indexer.added(1);
    REQUIRE(comes([&] { return log.is_complete(1) && log.indexed_to(3) == 26; }));
    CHECK(log.indexed(1, "event7") == Numbers{7});
    // The one that is being written, too.
    log.remove_index(3);
    log.store(1);
    indexer.added(1);
    REQUIRE(comes([&] { return log.indexed_to(3) == 27; }));
    CHECK(log.indexed(3, "common") == Numbers{21, 22, 23, 24, 25, 26, 27});
}

TEST_CASE("WordIndexer: a damaged segment is told, left alone and holds up no other", "[broker]") {
    Log log(25);
    std::string const whole = content(log.file("000002.db"));
    write(log.file("000002.db"), std::string(page_bytes, 'x'));
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.indexed_to(3) == 25; }));
    REQUIRE(comes([&] { return indexer.trouble().find("000002.db") != std::string::npos; }));
    CHECK(log.is_complete(1));
    CHECK(search(log, "common", 1).size() == 15);
    // A pass over all of them later it has not been looked at again: it would have an index.
    write(log.file("000002.db"), whole);
    log.store(1);
    indexer.added(1);
    REQUIRE(comes([&] { return log.indexed_to(3) == 26; }));
    CHECK_FALSE(std::filesystem::exists(log.index(2)));
    CHECK(search(log, "common").size() == 26);
}

TEST_CASE("WordIndexer: a segment with a damaged page is indexed up to it", "[broker]") {
    Log log(45);
    log.overwrite_page_with(log.file("000003.db"), "data of 29.");
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return log.indexed_to(5) == 45; }));
    REQUIRE(comes([&] { return indexer.trouble().find("000003.db") != std::string::npos; }));
    CHECK(log.indexed(3, "event21") == Numbers{21});
    CHECK(log.indexed_to(3) < 29);
    CHECK_FALSE(log.is_complete(3));
    CHECK(log.is_complete(4));
}

TEST_CASE("WordIndexer: what cannot be written is told until it can", "[broker]") {
    Log const log(25);
    std::filesystem::create_directories(log.index(2) / "in the way");
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return indexer.trouble().find("000002.idx") != std::string::npos; }));
    REQUIRE(comes([&] { return log.indexed_to(3) == 25; }));
    std::filesystem::remove_all(log.index(2));
    REQUIRE(comes([&] { return indexer.trouble().empty(); }));
    CHECK(log.is_complete(2));
    CHECK(log.indexed(2, "event17") == Numbers{17});
}

TEST_CASE("WordIndexer: a segment that is gone is told, and forgotten once dropped", "[broker]") {
    Log log(25);
    for (char const* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(log.file(std::string("000001.db") + suffix));
    WordIndexer indexer(log.segments, eager);
    REQUIRE(comes([&] { return indexer.trouble().find("000001.db") != std::string::npos; }));
    CHECK_FALSE(std::filesystem::exists(log.index(1)));
    SegmentList rest = *log.segments.list();
    rest.erase(rest.begin());
    log.segments.publish(rest);
    indexer.added(1);
    CHECK(comes([&] { return indexer.trouble().empty(); }));
    CHECK(log.indexed_to(3) == 25);
}
