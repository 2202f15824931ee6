// SPDX-License-Identifier: Apache-2.0
#include "broker/log/segment.hpp"

#include <array>

#include "broker/log/segment_rows.hpp"
#include "common/base/assert.hpp"

namespace millrace::broker {
namespace {

Error named(Error error, std::filesystem::path const& file) {
    if (!error.detail.contains(file.string()))
        error.detail = file.string() + ": " + error.detail;
    return error;
}

}  // namespace

Result<Segment> Segment::open(SegmentInfo info, Database::Sync sync, Open how) {
    std::error_code fault;
    auto const bytes = std::filesystem::file_size(info.file, fault);
    if (how == Open::existing && fault)
        return failure(
            fault == std::errc::no_such_file_or_directory ? ErrorCode::damaged : ErrorCode::storage,
            info.file.string() + ": " + fault.message() + ".");
    if (how == Open::existing && bytes == 0)
        return failure(ErrorCode::damaged, info.file.string() + " is empty.");
    auto database = Database::open(info.file, sync);
    if (!database)
        return std::unexpected(named(database.error(), info.file));
    Segment segment;
    segment.info_ = std::move(info);
    segment.database_ = std::move(*database);
    Result<void> done = segment.prepare();
    if (done)
        done = segment.read_meta();
    if (done)
        done = segment.read_ends();
    if (!done)
        return std::unexpected(named(done.error(), segment.info_.file));
    return segment;
}

Result<void> Segment::prepare() {
    if (auto done = database_.execute(segment_schema); !done)
        return done;
    std::array<Database::Wanted, 7> const wanted = {
        {{insert_event_, "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
         {insert_version_, "INSERT OR IGNORE INTO versions VALUES(?,?,?,?,?,?)"},
         {insert_set_, "INSERT OR IGNORE INTO sets VALUES(?,?,?)"},
         {put_delivery_, "INSERT OR REPLACE INTO deliveries VALUES(?,?,?,?,?)"},
         {put_meta_, "INSERT OR REPLACE INTO meta VALUES(?,?)"},
         {begin_, "BEGIN IMMEDIATE"},
         {commit_, "COMMIT"}}};
    return database_.prepare_all(wanted);
}

Result<void> Segment::read_meta() {
    auto put = database_.prepare("INSERT OR IGNORE INTO meta VALUES(?,?)");
    if (!put)
        return std::unexpected(put.error());
    std::array<std::pair<std::string_view, std::int64_t>, 3> const own = {
        {{"format", segment_format}, {"number", info_.number}, {"first_seq", info_.first_seq}}};
    for (auto const& [key, value] : own)
        if (auto done = put->bind(1, key).bind(2, value).run(); !done)
            return done;
    auto meta = database_.prepare(
        "SELECT (SELECT value FROM meta WHERE key='format'),"
        " (SELECT value FROM meta WHERE key='number'),"
        " (SELECT value FROM meta WHERE key='first_seq'),"
        " (SELECT value FROM meta WHERE key='closed_at_age')");
    if (!meta)
        return std::unexpected(meta.error());
    if (auto const row = meta->step(); !row)
        return std::unexpected(row.error());
    if (meta->integer(0) != segment_format)
        return failure(
            ErrorCode::storage, info_.file.string() + " is of format " +
                                    std::to_string(meta->integer(0)) + ", this program reads " +
                                    std::to_string(segment_format) + ".");
    if (meta->integer(1) != info_.number)
        return failure(
            ErrorCode::conflict, info_.file.string() + " is the log's file number " +
                                     std::to_string(meta->integer(1)) + ", not " +
                                     std::to_string(info_.number) + ".");
    info_.first_seq = meta->integer(2);
    info_.closed_at_age = nanoseconds(meta->integer(3));
    return {};
}

Result<void> Segment::read_ends() {
    auto ends = database_.prepare(
        "SELECT (SELECT MAX(seq) FROM events), (SELECT MAX(id) FROM versions),"
        " (SELECT MAX(id) FROM sets),"
        " (SELECT received_ns FROM events ORDER BY seq DESC LIMIT 1)");
    if (!ends)
        return std::unexpected(ends.error());
    if (auto const row = ends->step(); !row)
        return std::unexpected(row.error());
    last_seq_ = ends->is_null(0) ? info_.first_seq - 1 : ends->integer(0);
    if (last_seq_ < info_.first_seq - 1)
        return failure(ErrorCode::damaged, "The numbers of its events are damaged.");
    last_seq_committed_ = last_seq_;
    version_id_max_ = static_cast<std::uint32_t>(ends->integer(1));
    set_id_max_ = static_cast<std::uint32_t>(ends->integer(2));
    last_received_at_ = SystemTime(nanoseconds(ends->integer(3)));
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
    versions_of_transaction_.clear();
    sets_of_transaction_.clear();
    return {};
}

void Segment::roll_back() {
    if (database_.in_transaction()) {
        // A rollback needs no space; were it to fail, the next begin() tells.
        auto const ignored = database_.execute("ROLLBACK");
        static_cast<void>(ignored);
    }
    for (std::uint32_t const id : versions_of_transaction_)
        versions_written_.erase(id);
    for (std::uint32_t const id : sets_of_transaction_)
        sets_written_.erase(id);
    versions_of_transaction_.clear();
    sets_of_transaction_.clear();
    last_seq_ = last_seq_committed_;
}

Result<void> Segment::write_set(TriggerSet const& set) {
    if (!sets_written_.insert(set.id).second)
        return {};
    sets_of_transaction_.push_back(set.id);
    for (TriggerVersionRef const& version : set.members) {
        if (!versions_written_.insert(version->id).second)
            continue;
        versions_of_transaction_.push_back(version->id);
        insert_version_.bind(1, std::int64_t{version->id})
            .bind(2, version_checksum(*version))
            .bind(3, version->trigger)
            .bind(4, version->uid)
            .bind(5, version->filter)
            .bind(6, version->fault);
        if (auto done = insert_version_.run(); !done)
            return done;
        version_id_max_ = std::max(version_id_max_, version->id);
    }
    std::string const members = encode_ids(set.members);
    set_id_max_ = std::max(set_id_max_, set.id);
    return insert_set_.bind(1, std::int64_t{set.id})
        .bind(2, set_checksum(set.id, members))
        .bind_blob(3, members)
        .run();
}

Result<void> Segment::insert(StoredEvent const& event) {
    MILLRACE_ASSERT(event.seq == last_seq_ + 1);
    if (event.asked)
        if (auto done = write_set(*event.asked); !done)
            return done;
    std::string const matches = encode_ids(event.matches);
    std::string const attributes = encode_attributes(event);
    CloudEvent const& told = event.event;
    RoutingColumns const routing{
        .seq = event.seq,
        .lane = static_cast<std::int64_t>(event.lane),
        .asked = event.asked ? std::int64_t{event.asked->id} : 0,
        .matches = matches};
    TextColumns const text{
        .seq = event.seq,
        .received_ns = event.received_at.time_since_epoch().count(),
        .broker = event.broker,
        .ttl = event.ttl,
        .type = told.type,
        .source = told.source,
        .id = told.id,
        .subject = told.subject,
        .attributes = attributes,
        .summary = event.summary};
    insert_event_.bind(1, event.seq)
        .bind(2, routing.checksum())
        .bind(3, text.checksum())
        .bind(4, data_checksum(event.seq, told.has_data, told.data))
        .bind(5, text.received_ns)
        .bind(6, text.broker)
        .bind(7, text.ttl)
        .bind(8, routing.lane)
        .bind(9, routing.asked)
        .bind_blob(10, matches)
        .bind(11, text.type)
        .bind(12, text.source)
        .bind(13, text.id)
        .bind(14, text.subject)
        .bind_blob(15, attributes)
        .bind(16, text.summary);
    if (told.has_data)
        insert_event_.bind_blob(17, told.data);
    else
        insert_event_.bind_null(17);
    if (auto done = insert_event_.run(); !done)
        return done;
    last_seq_ = event.seq;
    last_received_at_ = event.received_at;
    return {};
}

Result<void> Segment::put_delivery(DeliveryRecord const& record) {
    std::string const attempts = encode_attempts(record.attempts);
    auto const state = static_cast<std::int64_t>(record.state);
    return put_delivery_.bind(1, record.seq)
        .bind(2, std::int64_t{record.version})
        .bind(3, delivery_checksum(record.seq, record.version, state, attempts))
        .bind(4, state)
        .bind_blob(5, attempts)
        .run();
}

Result<void> Segment::move_write_ahead_log() {
    auto move = database_.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!move)
        return std::unexpected(move.error());
    if (auto const row = move->step(); !row)
        return std::unexpected(row.error());
    if (move->integer(0) != 0)
        return failure(ErrorCode::storage, info_.file.string() + " is being read.");
    return {};
}

void Segment::close(nanoseconds age) {
    // Both save time or space only: a segment without the note is as old as the next start.
    auto const noted =
        put_meta_.bind(1, std::string_view("closed_at_age")).bind(2, age.count()).run();
    if (noted)
        info_.closed_at_age = age;
    auto const moved = move_write_ahead_log();
    static_cast<void>(moved);
}

}  // namespace millrace::broker
