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

Result<std::int64_t> read_number(Database& database, std::string_view sql) {
    auto statement = database.prepare(sql);
    if (!statement)
        return std::unexpected(statement.error());
    auto const row = statement->step();
    if (!row)
        return std::unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

/// The row of open_events().
CloudEvent event_of(Statement const& row) {
    StoredEvent stored;
    decode_attributes(row.text(1), stored);
    CloudEvent& event = stored.event;
    event.type = row.text(2);
    event.source = row.text(3);
    event.id = row.text(4);
    event.subject = row.text(5);
    event.has_data = !row.is_null(6);
    event.data = row.text(6);
    return std::move(event);
}

}  // namespace

WordIndexer::WordIndexer(SegmentDirectory const& directory, WordIndexerOptions options)
    : directory_(directory),
      options_(options),
      troubles_(options.first_pause, options.longest_pause) {
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

std::string WordIndexer::trouble() const {
    std::scoped_lock const lock(mutex_);
    return trouble_;
}

bool WordIndexer::is_stopping() const {
    std::scoped_lock const lock(mutex_);
    return stopping_;
}

bool WordIndexer::wait_for_work() {
    std::unique_lock lock(mutex_);
    auto const has_work = [this] { return waiting_ > 0 || stopping_; };
    if (auto const next_try = troubles_.next_try())
        wake_.wait_until(lock, *next_try, has_work);
    else
        wake_.wait(lock, has_work);
    wake_.wait_for(
        lock, options_.patience, [this] { return waiting_ >= events_enough || stopping_; });
    waiting_ = 0;
    return !stopping_;
}

void WordIndexer::run() {
    ::pthread_setname_np(::pthread_self(), "word-indexer");
    while (wait_for_work()) {
        catch_up();
        std::scoped_lock const lock(mutex_);
        trouble_ = troubles_.text();
    }
}

void WordIndexer::catch_up() {
    auto const segments = directory_.list();
    std::uint32_t const oldest = segments->empty() ? 0 : segments->front().number;
    complete_.erase(complete_.begin(), complete_.lower_bound(oldest));
    troubles_.forget_below(oldest);
    for (std::size_t i = 0; i < segments->size() && !is_stopping(); ++i) {
        SegmentInfo const& info = (*segments)[i];
        bool const is_active = i + 1 == segments->size();
        std::error_code ignored;
        // Whoever reads an index and finds it damaged takes it away.
        bool const is_there = std::filesystem::exists(info.index_file, ignored);
        bool const is_open = open_ && open_->info.number == info.number;
        if (is_open && !is_there)
            open_.reset();
        bool const is_complete = is_there && complete_.contains(info.number);
        if (!is_complete && troubles_.may_try(info.number, steady_now()))
            index_or_tell(info, is_active ? 0 : (*segments)[i + 1].first_seq - 1);
    }
}

void WordIndexer::index_or_tell(SegmentInfo const& info, std::int64_t last_seq) {
    auto done = index_segment(info, last_seq);
    if (!done && done.error().code == ErrorCode::damaged) {
        log::warn("A search index is damaged; it is made again.", {{"error", done.error().detail}});
        open_.reset();
        remove_index(info);
        done = index_segment(info, last_seq);
    }
    if (!done)
        tell(info, done.error());
}

void WordIndexer::tell(SegmentInfo info, Error const& error) {
    open_.reset();
    auto const segments = directory_.list();
    bool const is_dropped = segments->empty() || segments->front().number > info.number;
    if (!is_dropped && troubles_.failed(info.number, error, steady_now()))
        log::error(
            "Events cannot be indexed; searches read them one by one, as far as they can.",
            {{"error", error.detail}});
}

Result<void> WordIndexer::index_segment(SegmentInfo const& info, std::int64_t last_seq) {
    if (!open_ || open_->info.number != info.number)
        if (auto done = open(info); !done)
            return done;
    std::size_t count = 1;
    while (open_ && count > 0 && !is_stopping()) {
        auto const indexed = index_some();
        if (!indexed)
            return std::unexpected(indexed.error());
        count = *indexed;
    }
    if (!open_ || is_stopping())
        return {};
    if (troubles_.succeeded(info.number))
        log::info("Events can be indexed again.", {{"file", info.file.string()}});
    bool const is_whole = last_seq != 0 && open_->index.indexed_to >= last_seq;
    return is_whole ? complete() : Result<void>();
}

Result<void> WordIndexer::open(SegmentInfo const& info) {
    open_.reset();
    auto events = open_events(info);
    if (!events) {
        tell(info, events.error());
        return {};
    }
    auto index = open_index(info);
    if (!index)
        return std::unexpected(index.error());
    std::error_code ignored;
    if (!std::filesystem::exists(info.file, ignored)) {
        // Dropped meanwhile, and its index with it, perhaps before it was made here.
        *index = {};
        remove_index(info);
        tell(info, {ErrorCode::not_found, info.file.string() + " does not exist."});
        return {};
    }
    open_.emplace(Open{.info = info, .events = std::move(*events), .index = std::move(*index)});
    return {};
}

Result<WordIndexer::Events> WordIndexer::open_events(SegmentInfo const& info) {
    auto database = Database::open_to_read(info.file);
    if (!database)
        return std::unexpected(database.error());
    auto read = database->prepare(
        "SELECT seq, attributes, type, source, id, subject, data FROM events"
        " WHERE seq>? ORDER BY seq LIMIT ?");
    if (!read)
        return std::unexpected(read.error());
    return Events{.database = std::move(*database), .read = std::move(*read)};
}

Result<WordIndexer::Index> WordIndexer::open_index(SegmentInfo const& info) {
    auto database = Database::open(info.index_file, Database::Sync::checkpoints);
    if (!database)
        return std::unexpected(database.error());
    Index index{.database = std::move(*database)};
    if (auto done = index.database.execute(schema); !done)
        return std::unexpected(done.error());
    std::array<Database::Wanted, 2> const wanted = {
        {{index.insert, "INSERT INTO words(rowid, text) VALUES(?,?)"},
         {index.note, "INSERT OR REPLACE INTO meta VALUES('indexed_to',?)"}}};
    auto const prepared = index.database.prepare_all(wanted);
    // A database, but none of ours.
    if (!prepared)
        return failure(ErrorCode::damaged, prepared.error().detail);
    if (auto done = index.database.execute(merge_settings); !done)
        return std::unexpected(done.error());
    auto const to = read_number(index.database, "SELECT value FROM meta WHERE key='indexed_to'");
    if (!to)
        return std::unexpected(to.error());
    index.indexed_to = std::max(*to, info.first_seq - 1);
    return index;
}

Result<std::size_t> WordIndexer::index_some() {
    Open& at = *open_;
    Statement& read = at.events.read;
    read.reset();
    read.bind(1, at.index.indexed_to).bind(2, std::int64_t{events_at_once});
    auto row = read.step();
    std::size_t count = 0;
    std::int64_t last = at.index.indexed_to;
    Result<void> done;
    if (row && *row)
        done = at.index.database.execute("BEGIN IMMEDIATE");
    while (done && row && *row) {
        last = read.integer(0);
        std::string const text = index_text(event_of(read));
        done = at.index.insert.bind(1, last).bind(2, std::string_view(text)).run();
        ++count;
        if (done)
            row = read.step();
    }
    read.reset();
    if (done && count > 0)
        done = at.index.note.bind(1, last).run();
    if (done && count > 0)
        done = at.index.database.execute("COMMIT");
    if (!done)
        return std::unexpected(done.error());
    at.index.indexed_to = last;
    if (!row)
        tell(at.info, row.error());
    return count;
}

Result<void> WordIndexer::complete() {
    auto const done =
        read_number(open_->index.database, "SELECT value FROM meta WHERE key='complete'");
    if (!done)
        return std::unexpected(done.error());
    if (*done == 0) {
        // One b-tree instead of several: a word is then found by one look-up.
        auto merged = open_->index.database.execute(
            "INSERT INTO words(words) VALUES('optimize');"
            "INSERT OR REPLACE INTO meta VALUES('complete',1);"
            "PRAGMA wal_checkpoint(TRUNCATE);");
        if (!merged)
            return merged;
    }
    complete_.insert(open_->info.number);
    open_.reset();
    return {};
}

}  // namespace millrace::broker
