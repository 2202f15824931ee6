// SPDX-License-Identifier: Apache-2.0
#include "broker/log/segment.hpp"

#include <array>
#include <cstdio>

#include "common/base/assert.hpp"

namespace millrace::broker {
namespace {

constexpr std::int64_t format_version = 1;

// Wide columns stand last, so that a scan of the narrow ones does not touch overflow pages.
constexpr char const* schema = R"(
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts(
  id INTEGER PRIMARY KEY, trigger TEXT, matched INTEGER, clause TEXT, attribute TEXT,
  expected TEXT);
CREATE TABLE IF NOT EXISTS events(
  seq INTEGER PRIMARY KEY, received_ns INTEGER, broker TEXT, ttl INTEGER, lane INTEGER,
  verdicts BLOB, type TEXT, source TEXT, id TEXT, subject TEXT, attributes BLOB, summary TEXT,
  data BLOB);
CREATE TABLE IF NOT EXISTS deliveries(
  seq INTEGER, verdict INTEGER, state INTEGER, attempts BLOB,
  PRIMARY KEY(seq, verdict)) WITHOUT ROWID;
)";

}  // namespace

std::shared_ptr<SegmentList const> SegmentDirectory::list() const {
    std::scoped_lock const lock(mutex_);
    return list_;
}

void SegmentDirectory::publish(SegmentList list) {
    auto next = std::make_shared<SegmentList const>(std::move(list));
    std::scoped_lock const lock(mutex_);
    list_ = std::move(next);
}

SegmentInfo segment_info(std::filesystem::path const& folder, std::uint32_t number) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%06u", number);
    return {
        .number = number,
        .file = folder / (std::string(name.data()) + ".db"),
        .index_file = folder / (std::string(name.data()) + ".idx")};
}

Result<Segment> Segment::open(SegmentInfo info, Database::Sync sync) {
    auto database = Database::open(info.file, sync);
    if (!database)
        return std::unexpected(database.error());
    Segment segment;
    segment.info_ = std::move(info);
    segment.database_ = std::move(*database);
    if (auto done = segment.prepare(); !done)
        return std::unexpected(done.error());
    if (auto done = segment.read_ends(); !done)
        return std::unexpected(done.error());
    return segment;
}

Result<void> Segment::prepare() {
    if (auto done = database_.execute(schema); !done)
        return done;
    struct Wanted {
        Statement& statement;
        std::string_view sql;
    };
    std::array<Wanted, 5> const wanted = {
        {{insert_event_, "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"},
         {insert_verdict_, "INSERT OR IGNORE INTO verdicts VALUES(?,?,?,?,?,?)"},
         {put_delivery_, "INSERT OR REPLACE INTO deliveries VALUES(?,?,?,?)"},
         {begin_, "BEGIN IMMEDIATE"},
         {commit_, "COMMIT"}}};
    for (auto const& [statement, sql] : wanted) {
        auto prepared = database_.prepare(sql);
        if (!prepared)
            return std::unexpected(prepared.error());
        statement = std::move(*prepared);
    }
    return {};
}

Result<void> Segment::read_ends() {
    auto put = database_.prepare("INSERT OR IGNORE INTO meta VALUES(?,?)");
    if (!put)
        return std::unexpected(put.error());
    if (auto done = put->bind(1, "format").bind(2, format_version).run(); !done)
        return done;
    if (auto done = put->bind(1, "first_seq").bind(2, info_.first_seq).run(); !done)
        return done;
    auto ends = database_.prepare(
        "SELECT (SELECT value FROM meta WHERE key='format'),"
        " (SELECT value FROM meta WHERE key='first_seq'),"
        " (SELECT MAX(seq) FROM events), (SELECT MAX(id) FROM verdicts),"
        " (SELECT received_ns FROM events ORDER BY seq DESC LIMIT 1)");
    if (!ends)
        return std::unexpected(ends.error());
    auto const row = ends->step();
    if (!row)
        return std::unexpected(row.error());
    if (ends->integer(0) != format_version)
        return failure(
            ErrorCode::storage, info_.file.string() + " is of format " +
                                    std::to_string(ends->integer(0)) + ", this program reads " +
                                    std::to_string(format_version) + ".");
    info_.first_seq = ends->integer(1);
    last_seq_ = ends->integer(2);
    last_seq_committed_ = last_seq_;
    verdict_id_max_ = static_cast<std::uint32_t>(ends->integer(3));
    last_received_at_ = SystemTime(nanoseconds(ends->integer(4)));
    info_.last_received_at = last_received_at_;
    return {};
}

Result<void> Segment::begin() {
    return begin_.run();
}

Result<void> Segment::commit() {
    auto done = commit_.run();
    if (!done) {
        roll_back();
        return done;
    }
    last_seq_committed_ = last_seq_;
    verdicts_of_transaction_.clear();
    return {};
}

void Segment::roll_back() {
    if (database_.in_transaction()) {
        // A rollback needs no space; were it to fail, the next begin() tells.
        auto const ignored = database_.execute("ROLLBACK");
        static_cast<void>(ignored);
    }
    for (std::uint32_t const id : verdicts_of_transaction_)
        verdicts_written_.erase(id);
    verdicts_of_transaction_.clear();
    last_seq_ = last_seq_committed_;
}

Result<void> Segment::write_verdicts(StoredEvent const& event) {
    for (VerdictRef const& verdict : event.verdicts) {
        if (!verdicts_written_.insert(verdict->id).second)
            continue;
        verdicts_of_transaction_.push_back(verdict->id);
        insert_verdict_.bind(1, std::int64_t{verdict->id})
            .bind(2, verdict->trigger)
            .bind(3, std::int64_t{verdict->matched})
            .bind(4, verdict->clause)
            .bind(5, verdict->attribute)
            .bind(6, verdict->expected);
        if (auto done = insert_verdict_.run(); !done)
            return done;
        verdict_id_max_ = std::max(verdict_id_max_, verdict->id);
    }
    return {};
}

Result<void> Segment::insert(StoredEvent const& event) {
    MILLRACE_ASSERT(last_seq_ == 0 ? event.seq == info_.first_seq : event.seq == last_seq_ + 1);
    if (auto done = write_verdicts(event); !done)
        return done;
    std::string const verdicts = encode_verdicts(event.verdicts);
    std::string const attributes = encode_attributes(event);
    insert_event_.bind(1, event.seq)
        .bind(2, event.received_at.time_since_epoch().count())
        .bind(3, event.broker)
        .bind(4, std::int64_t{event.ttl})
        .bind(5, static_cast<std::int64_t>(lane_of(event.event)))
        .bind_blob(6, verdicts)
        .bind(7, event.event.type)
        .bind(8, event.event.source)
        .bind(9, event.event.id)
        .bind(10, event.event.subject)
        .bind_blob(11, attributes)
        .bind(12, event.summary);
    if (event.event.has_data)
        insert_event_.bind_blob(13, event.event.data);
    else
        insert_event_.bind_null(13);
    if (auto done = insert_event_.run(); !done)
        return done;
    last_seq_ = event.seq;
    last_received_at_ = event.received_at;
    return {};
}

Result<void> Segment::put_delivery(DeliveryRecord const& record) {
    std::string const attempts = encode_attempts(record.attempts);
    return put_delivery_.bind(1, record.seq)
        .bind(2, std::int64_t{record.verdict})
        .bind(3, static_cast<std::int64_t>(record.state))
        .bind_blob(4, attempts)
        .run();
}

void Segment::checkpoint() {
    auto const ignored = database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    static_cast<void>(ignored);
}

}  // namespace millrace::broker
