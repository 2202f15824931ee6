// SPDX-License-Identifier: Apache-2.0
#include "broker/history/word_index.hpp"

#include <pthread.h>

#include <array>

#include "broker/history/search_query.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t events_enough = 4000;
constexpr std::size_t events_at_once = 10'000;
constexpr milliseconds patience = 500ms;
constexpr seconds pause_after_failure = 5s;

// No copies of the texts, no positions, no lengths: only which word is in which event.
constexpr char const* schema = R"(
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
  text, content='', columnsize=0, detail=none, tokenize='ascii');
)";

// Merging less often while events come halves the cost of an event; a complete segment is merged
// into one b-tree at last.
constexpr char const* merge_settings =
    "INSERT INTO words(words, rank) VALUES('automerge', 8);"
    "INSERT INTO words(words, rank) VALUES('crisismerge', 32);";

void remove_index(SegmentInfo const& info) {
    for (char const* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::path file = info.index_file;
        file += suffix;
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    }
}

Result<std::int64_t> read_number(Database& database, std::string_view sql) {
    auto statement = database.prepare(sql);
    if (!statement)
        return std::unexpected(statement.error());
    auto const row = statement->step();
    if (!row)
        return std::unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

}  // namespace

WordIndexer::WordIndexer(SegmentDirectory const& directory) : directory_(directory) {
    thread_ = std::thread([this] { run(); });
}

WordIndexer::~WordIndexer() {
    stop();
}

void WordIndexer::stop() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

void WordIndexer::added(std::size_t count) {
    std::scoped_lock const lock(mutex_);
    std::size_t const before = waiting_;
    waiting_ += count;
    if (before == 0 || (before < events_enough && waiting_ >= events_enough))
        wake_.notify_one();
}

bool WordIndexer::wait_for_work() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return waiting_ > 0 || stopping_; });
    wake_.wait_for(lock, patience, [this] { return waiting_ >= events_enough || stopping_; });
    waiting_ = 0;
    return !stopping_;
}

void WordIndexer::run() {
    ::pthread_setname_np(::pthread_self(), "word-indexer");
    while (wait_for_work()) {
        auto const done = catch_up();
        if (done)
            continue;
        log::warn("The search index cannot be written.", {{"error", done.error().detail}});
        open_.reset();
        std::unique_lock lock(mutex_);
        ++waiting_;
        wake_.wait_for(lock, pause_after_failure, [this] { return stopping_; });
    }
}

Result<void> WordIndexer::catch_up() {
    auto const segments = directory_.list();
    for (std::size_t i = 0; i < segments->size(); ++i) {
        SegmentInfo const& info = (*segments)[i];
        bool const is_active = i + 1 == segments->size();
        if (!is_active && info.number <= complete_to_)
            continue;
        std::int64_t const last_seq = is_active ? 0 : (*segments)[i + 1].first_seq - 1;
        if (auto done = index_segment(info, last_seq); !done)
            return done;
        if (!is_active)
            complete_to_ = info.number;
    }
    return {};
}

Result<void> WordIndexer::index_segment(SegmentInfo const& info, std::int64_t last_seq) {
    if (!open_ || open_->info.number != info.number) {
        if (auto done = open(info); !done) {
            // It holds nothing that cannot be made again.
            remove_index(info);
            if (done = open(info); !done)
                return done;
        }
    }
    for (;;) {
        {
            std::scoped_lock const lock(mutex_);
            if (stopping_)
                return {};
        }
        auto const count = index_some();
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
    }
    if (last_seq != 0 && open_->indexed_to >= last_seq)
        return complete();
    return {};
}

Result<void> WordIndexer::open(SegmentInfo const& info) {
    open_.reset();
    auto events = Database::open_to_read(info.file);
    if (!events)
        return std::unexpected(events.error());
    auto index = Database::open(info.index_file, Database::Sync::checkpoints);
    if (!index)
        return std::unexpected(index.error());
    if (auto done = index->execute(schema); !done)
        return done;
    if (auto done = index->execute(merge_settings); !done)
        return done;
    Open opened{.info = info, .events = std::move(*events), .index = std::move(*index)};
    auto const to = read_number(opened.index, "SELECT value FROM meta WHERE key='indexed_to'");
    if (!to)
        return std::unexpected(to.error());
    opened.indexed_to = std::max(*to, info.first_seq - 1);
    auto read = opened.events.prepare(
        "SELECT seq, attributes, type, source, id, subject, data FROM events"
        " WHERE seq>? ORDER BY seq LIMIT ?");
    auto insert = opened.index.prepare("INSERT INTO words(rowid, text) VALUES(?,?)");
    auto note = opened.index.prepare("INSERT OR REPLACE INTO meta VALUES('indexed_to',?)");
    if (!read)
        return std::unexpected(read.error());
    if (!insert)
        return std::unexpected(insert.error());
    if (!note)
        return std::unexpected(note.error());
    opened.read = std::move(*read);
    opened.insert = std::move(*insert);
    opened.note = std::move(*note);
    open_.emplace(std::move(opened));
    return {};
}

Result<std::size_t> WordIndexer::index_some() {
    Open& at = *open_;
    at.read.reset();
    at.read.bind(1, at.indexed_to).bind(2, std::int64_t{events_at_once});
    auto row = at.read.step();
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::size_t{0};
    if (auto done = at.index.execute("BEGIN IMMEDIATE"); !done)
        return std::unexpected(done.error());
    std::size_t count = 0;
    std::int64_t last = at.indexed_to;
    Result<void> done;
    while (done && row && *row) {
        StoredEvent event;
        decode_attributes(at.read.text(1), event);
        event.event.type = at.read.text(2);
        event.event.source = at.read.text(3);
        event.event.id = at.read.text(4);
        event.event.subject = at.read.text(5);
        event.event.has_data = !at.read.is_null(6);
        event.event.data = at.read.text(6);
        last = at.read.integer(0);
        std::string const text = index_text(event.event);
        done = at.insert.bind(1, last).bind(2, std::string_view(text)).run();
        ++count;
        if (done)
            row = at.read.step();
    }
    at.read.reset();
    if (done && !row)
        done = std::unexpected(row.error());
    if (done)
        done = at.note.bind(1, last).run();
    if (done)
        done = at.index.execute("COMMIT");
    if (!done)
        return std::unexpected(done.error());
    at.indexed_to = last;
    return count;
}

Result<void> WordIndexer::complete() {
    auto const done = read_number(open_->index, "SELECT value FROM meta WHERE key='complete'");
    if (!done)
        return std::unexpected(done.error());
    if (*done == 0) {
        // One b-tree instead of several: a word is then found by one look-up.
        auto merged = open_->index.execute(
            "INSERT INTO words(words) VALUES('optimize');"
            "INSERT OR REPLACE INTO meta VALUES('complete',1);"
            "PRAGMA wal_checkpoint(TRUNCATE);");
        if (!merged)
            return merged;
    }
    open_.reset();
    return {};
}

}  // namespace millrace::broker
