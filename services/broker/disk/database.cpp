// SPDX-License-Identifier: Apache-2.0
#include "broker/disk/database.hpp"

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"

namespace millrace::broker {
namespace {

/// Whether the file is not what was written to it, whatever the disk may do next time. What is
/// written breaks no constraint but in such a file.
bool is_damage(int extended_code) {
    int const code = extended_code & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT ||
           code == SQLITE_CONSTRAINT || extended_code == SQLITE_IOERR_SHORT_READ ||
           extended_code == SQLITE_IOERR_CORRUPTFS;
}

std::unexpected<Error> database_failure(sqlite3* handle) {
    int const code = sqlite3_extended_errcode(handle);
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return failure(ErrorCode::timed_out, "The time budget ended.");
    char const* const file = sqlite3_db_filename(handle, "main");
    return failure(
        is_damage(code) ? ErrorCode::damaged : ErrorCode::storage,
        std::string(file == nullptr ? "Event log" : file) + ": " + sqlite3_errmsg(handle) +
            " (SQLite " + std::to_string(code) + ").");
}

int stop_after_deadline(void* deadline) {
    return steady_now().time_since_epoch().count() > *static_cast<std::int64_t*>(deadline) ? 1 : 0;
}

}  // namespace

Statement& Statement::bind(int index, std::int64_t value) {
    int const code = sqlite3_bind_int64(statement_.get(), index, value);
    MILLRACE_ASSERT(code == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    int const code = sqlite3_bind_text64(
        statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
        SQLITE_STATIC, SQLITE_UTF8);
    MILLRACE_ASSERT(code == SQLITE_OK);
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    int const code = sqlite3_bind_blob64(
        statement_.get(), index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
        SQLITE_STATIC);
    MILLRACE_ASSERT(code == SQLITE_OK);
    return *this;
}

Statement& Statement::bind_null(int index) {
    int const code = sqlite3_bind_null(statement_.get(), index);
    MILLRACE_ASSERT(code == SQLITE_OK);
    return *this;
}

Result<bool> Statement::step() {
    int const code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    auto error = database_failure(sqlite3_db_handle(statement_.get()));
    reset();
    return error;
}

Result<void> Statement::run() {
    auto const row = step();
    if (!row)
        return std::unexpected(row.error());
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(statement_.get(), column));
    if (bytes == nullptr)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open_with(std::filesystem::path const& file, int flags) {
    sqlite3* handle = nullptr;
    int const code = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database;
    database.handle_.reset(handle);
    if (code != SQLITE_OK)
        return failure(
            ErrorCode::storage, "Cannot open " + file.string() + ": " +
                                    (handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)) +
                                    ".");
    // Another connection may hold the file for a moment (checkpoint, recovery).
    sqlite3_busy_timeout(handle, 5000);
    return database;
}

Result<Database> Database::open(std::filesystem::path const& file, Sync sync) {
    auto database = open_with(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!database)
        return database;
    std::string const settings =
        std::string(
            "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA cache_size=-8192;"
            " PRAGMA synchronous=") +
        (sync == Sync::every_commit ? "FULL;" : "NORMAL;");
    if (auto set = database->execute(settings.c_str()); !set)
        return std::unexpected(set.error());
    return database;
}

Result<Database> Database::open_to_read(std::filesystem::path const& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return failure(ErrorCode::not_found, file.string() + " does not exist.");
    // Not read-only: a reader of a write-ahead log needs its shared-memory file.
    auto database = open_with(file, SQLITE_OPEN_READWRITE);
    if (!database)
        return database;
    if (auto set = database->execute("PRAGMA query_only=1; PRAGMA cache_size=-1024;"); !set)
        return std::unexpected(set.error());
    return database;
}

Result<void> Database::execute(char const* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return database_failure(handle_.get());
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    int const code = sqlite3_prepare_v3(
        handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
        &statement, nullptr);
    if (code != SQLITE_OK)
        return database_failure(handle_.get());
    return Statement(statement);
}

Result<void> Database::prepare_all(std::span<Wanted const> wanted) {
    for (auto const& [statement, sql] : wanted) {
        auto prepared = prepare(sql);
        if (!prepared)
            return std::unexpected(prepared.error());
        statement = std::move(*prepared);
    }
    return {};
}

void Database::set_deadline(std::int64_t steady_ns) {
    if (!deadline_ns_) {
        deadline_ns_ = std::make_unique<std::int64_t>(steady_ns);
        sqlite3_progress_handler(handle_.get(), 1000, stop_after_deadline, deadline_ns_.get());
    }
    *deadline_ns_ = steady_ns;
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace millrace::broker
