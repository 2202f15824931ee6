// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::broker {

/// One prepared statement. Its database must outlive it.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    /// Binds from index 1 on; texts are not copied and must live until reset.
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind_blob(int index, std::string_view bytes);
    Statement& bind_null(int index);

    /// True: a row is there; false: done. Errors: `storage`, `damaged` (both name the file);
    /// `timed_out` when interrupted.
    Result<bool> step();
    /// Steps once, expects no row, and makes it ready to be used again.
    Result<void> run();
    void reset();

    std::int64_t integer(int column) const;
    /// Valid until the next step.
    std::string_view text(int column) const;
    bool is_null(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One SQLite connection, used by one thread at a time.
class Database {
public:
    enum class Sync {
        every_commit,  ///< fsync of the write-ahead log at each commit
        checkpoints,   ///< survives a killed process; a power cut may lose the last commits
    };

    Database() = default;
    /// Opens or creates `file` in write-ahead mode. Errors: `storage`, `damaged`.
    static Result<Database> open(std::filesystem::path const& file, Sync sync);
    /// Opens an existing file to read. Errors: `storage`, `damaged`, `not_found`.
    static Result<Database> open_to_read(std::filesystem::path const& file);

    /// Runs statements without results. Errors: `storage`, `damaged`.
    Result<void> execute(char const* sql);
    Result<Statement> prepare(std::string_view sql);
    struct Wanted {
        Statement& statement;
        std::string sql;
    };
    /// Prepares each, or says what is wrong with the first that cannot be.
    Result<void> prepare_all(std::span<Wanted const> wanted);
    /// Aborts what runs on this connection after `deadline` (checked every 1,000 steps).
    void set_deadline(std::int64_t steady_ns);
    /// Whether a transaction is open (SQLite ends some by itself when the disk is full).
    bool in_transaction() const;
    bool is_open() const { return handle_ != nullptr; }

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    static Result<Database> open_with(std::filesystem::path const& file, int flags);
    std::unique_ptr<sqlite3, Close> handle_;
    std::unique_ptr<std::int64_t> deadline_ns_;
};

}  // namespace millrace::broker
