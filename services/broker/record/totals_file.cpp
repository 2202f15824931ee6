// SPDX-License-Identifier: Apache-2.0
#include "broker/record/totals_file.hpp"

#include "broker/disk/checksum.hpp"
#include "common/base/clock.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr char const* schema = R"(
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS triggers(
  name TEXT PRIMARY KEY, low_water INTEGER, received_before INTEGER, matched INTEGER,
  delivered INTEGER, failed INTEGER, last_delivered_ns INTEGER, last_error_ns INTEGER,
  last_error_status INTEGER, last_error TEXT, first_seq INTEGER, removed INTEGER, uid TEXT,
  broker TEXT, checksum INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS brokers(name TEXT PRIMARY KEY, received INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS types(
  type TEXT PRIMARY KEY, count INTEGER, last_seen_ns INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rates(
  minute INTEGER PRIMARY KEY, received INTEGER, delivered INTEGER, failed INTEGER);
)";

std::int64_t signed_of(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
std::uint64_t unsigned_of(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}
std::int64_t ns_of(SystemTime time) {
    return time.time_since_epoch().count();
}
SystemTime time_of(std::int64_t ns) {
    return SystemTime(nanoseconds(ns));
}

/// Calls `take` for each row.
template <class Take>
Result<void> for_each_row(Database& database, std::string_view sql, Take take) {
    auto statement = database.prepare(sql);
    if (!statement)
        return std::unexpected(statement.error());
    for (;;) {
        auto const row = statement->step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            return {};
        take(*statement);
    }
}

/// Over what decides from where on a trigger delivers: a wrong counter is seen, a wrong cursor is
/// a lost event.
std::int64_t checksum_of(std::string_view name, TriggerTotals const& trigger) {
    return Checksum()
        .add(name)
        .add(trigger.low_water)
        .add(trigger.first_seq)
        .add(std::int64_t{trigger.removed})
        .add(trigger.uid)
        .value();
}

TriggerTotals trigger_of(Statement const& row) {
    return {
        .low_water = row.integer(1),
        .first_seq = row.integer(10),
        .removed = row.integer(11) != 0,
        .uid = std::string(row.text(12)),
        .broker = std::string(row.text(13)),
        .received_before = unsigned_of(row.integer(2)),
        .matched = unsigned_of(row.integer(3)),
        .delivered = unsigned_of(row.integer(4)),
        .failed = unsigned_of(row.integer(5)),
        .last_delivered_at = time_of(row.integer(6)),
        .last_error_at = time_of(row.integer(7)),
        .last_error_status = static_cast<int>(row.integer(8)),
        .last_error = std::string(row.text(9))};
}

RatePoint rate_of(Statement const& row) {
    return {
        .minute = row.integer(0),
        .received = unsigned_of(row.integer(1)),
        .delivered = unsigned_of(row.integer(2)),
        .failed = unsigned_of(row.integer(3))};
}

}  // namespace

TotalsFile::TotalsFile(std::filesystem::path file) : path_(std::move(file)) {
    auto opened = open();
    if (!opened && opened.error().code == ErrorCode::damaged)
        opened = start_anew(opened.error());
    if (!opened)
        throw StartupError(opened.error().detail + " See that the broker may write it.");
}

Result<void> TotalsFile::open() {
    auto database = Database::open(path_, Database::Sync::every_commit);
    if (!database)
        return std::unexpected(database.error());
    database_ = std::move(*database);
    return database_.execute(schema);
}

Result<void> TotalsFile::start_anew(Error const& damage) {
    database_ = {};
    std::filesystem::path aside = path_;
    aside += ".damaged";
    for (char const* suffix : {"", "-wal", "-shm"}) {
        std::error_code fault;
        std::filesystem::rename(path_.string() + suffix, aside.string() + suffix, fault);
    }
    trouble_ = damage.detail + " It was renamed to " + aside.string() +
               "; counters begin anew, and what is to be delivered is read from the log.";
    log::error("The counters' file is damaged.", {{"problem", trouble_}});
    return open();
}

Result<SavedTotals> TotalsFile::read() {
    SavedTotals totals;
    auto done = for_each_row(database_, "SELECT * FROM triggers", [&](Statement const& row) {
        TriggerTotals trigger = trigger_of(row);
        if (row.integer(14) == checksum_of(row.text(0), trigger))
            totals.triggers[std::string(row.text(0))] = std::move(trigger);
        else
            totals.is_whole = false;
    });
    if (!done)
        return std::unexpected(done.error());
    std::int64_t head_checksum = Checksum().add(totals.head).value();
    done = for_each_row(database_, "SELECT key, value FROM meta", [&](Statement const& row) {
        (row.text(0) == "head" ? totals.head : head_checksum) = row.integer(1);
    });
    if (!done)
        return std::unexpected(done.error());
    if (head_checksum != Checksum().add(totals.head).value())
        totals.is_whole = false;
    done = for_each_row(database_, "SELECT * FROM brokers", [&](Statement const& row) {
        totals.received[std::string(row.text(0))] = unsigned_of(row.integer(1));
    });
    if (!done)
        return std::unexpected(done.error());
    done = for_each_row(database_, "SELECT * FROM types", [&](Statement const& row) {
        totals.types[std::string(row.text(0))] = {
            .count = unsigned_of(row.integer(1)), .last_seen = time_of(row.integer(2))};
    });
    if (!done)
        return std::unexpected(done.error());
    done = for_each_row(database_, "SELECT * FROM rates", [&](Statement const& row) {
        totals.rates.push_back(rate_of(row));
    });
    if (!done)
        return std::unexpected(done.error());
    return totals;
}

Result<void> TotalsFile::write(SavedTotals const& totals) {
    if (auto done = database_.execute("BEGIN IMMEDIATE"); !done)
        return done;
    Result<void> done = write_triggers(totals);
    if (done)
        done = write_head(totals);
    if (done)
        done = write_types(totals);
    if (done)
        done = write_rates(totals);
    if (done)
        done = database_.execute("COMMIT");
    if (!done && database_.in_transaction()) {
        // The failure of the write is what the caller needs to know.
        auto const ignored = database_.execute("ROLLBACK");
        static_cast<void>(ignored);
    }
    return done;
}

Result<void> TotalsFile::write_triggers(SavedTotals const& totals) {
    auto put =
        database_.prepare("INSERT OR REPLACE INTO triggers VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    if (!put)
        return std::unexpected(put.error());
    for (auto const& [name, trigger] : totals.triggers) {
        put->bind(1, name)
            .bind(2, trigger.low_water)
            .bind(3, signed_of(trigger.received_before))
            .bind(4, signed_of(trigger.matched))
            .bind(5, signed_of(trigger.delivered))
            .bind(6, signed_of(trigger.failed))
            .bind(7, ns_of(trigger.last_delivered_at))
            .bind(8, ns_of(trigger.last_error_at))
            .bind(9, std::int64_t{trigger.last_error_status})
            .bind(10, trigger.last_error)
            .bind(11, trigger.first_seq)
            .bind(12, std::int64_t{trigger.removed})
            .bind(13, trigger.uid)
            .bind(14, trigger.broker)
            .bind(15, checksum_of(name, trigger));
        if (auto done = put->run(); !done)
            return done;
    }
    auto remove = database_.prepare("DELETE FROM triggers WHERE name=?");
    if (!remove)
        return std::unexpected(remove.error());
    for (std::string const& name : totals.forgotten_triggers)
        if (auto done = remove->bind(1, name).run(); !done)
            return done;
    return {};
}

Result<void> TotalsFile::write_head(SavedTotals const& totals) {
    auto put = database_.prepare("INSERT OR REPLACE INTO meta VALUES(?,?)");
    if (!put)
        return std::unexpected(put.error());
    if (auto done = put->bind(1, std::string_view("head")).bind(2, totals.head).run(); !done)
        return done;
    std::int64_t const sum = Checksum().add(totals.head).value();
    if (auto done = put->bind(1, std::string_view("head_checksum")).bind(2, sum).run(); !done)
        return done;
    auto received = database_.prepare("INSERT OR REPLACE INTO brokers VALUES(?,?)");
    if (!received)
        return std::unexpected(received.error());
    for (auto const& [broker, count] : totals.received)
        if (auto done = received->bind(1, broker).bind(2, signed_of(count)).run(); !done)
            return done;
    return {};
}

Result<void> TotalsFile::write_types(SavedTotals const& totals) {
    auto put = database_.prepare("INSERT OR REPLACE INTO types VALUES(?,?,?)");
    if (!put)
        return std::unexpected(put.error());
    for (auto const& [type, counted] : totals.types) {
        put->bind(1, type).bind(2, signed_of(counted.count)).bind(3, ns_of(counted.last_seen));
        if (auto done = put->run(); !done)
            return done;
    }
    return {};
}

Result<void> TotalsFile::write_rates(SavedTotals const& totals) {
    auto put = database_.prepare("INSERT OR REPLACE INTO rates VALUES(?,?,?,?)");
    if (!put)
        return std::unexpected(put.error());
    std::int64_t newest = 0;
    for (RatePoint const& point : totals.rates) {
        newest = std::max(newest, point.minute);
        put->bind(1, point.minute)
            .bind(2, signed_of(point.received))
            .bind(3, signed_of(point.delivered))
            .bind(4, signed_of(point.failed));
        if (auto done = put->run(); !done)
            return done;
    }
    auto prune = database_.prepare("DELETE FROM rates WHERE minute<?");
    if (!prune)
        return std::unexpected(prune.error());
    return prune->bind(1, newest - static_cast<std::int64_t>(Rates::minutes_max)).run();
}

}  // namespace millrace::broker
