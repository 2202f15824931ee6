// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "common/base/clock.hpp"
#include "common/base/file.hpp"

namespace millrace::broker {

/// What the log remembers of itself beside its segments, so that a file that is missing, cut or put
/// back from an older copy is told from a log that never had more.
struct LogState {
    std::int64_t oldest_seq = 1;  ///< first of the oldest segment
    std::int64_t newest_seq = 0;
    /// For how long the broker has run with this log, all starts together: the clock of retention,
    /// which a wall clock that jumps does not move.
    nanoseconds age{};

    bool operator==(LogState const&) const = default;
};

/// `<segments>/log.state`: 40 bytes, written with each commit and synced at the start and before
/// files are dropped: a killed process loses nothing of it, and a power cut leaves at worst an
/// older state, which is never wrong.
class LogStateFile {
public:
    /// Opens or makes it. Throws StartupError if it cannot be written.
    explicit LogStateFile(std::filesystem::path file);

    /// What was written last; nothing where the file is new. Errors: `damaged`, `storage`.
    Result<std::optional<LogState>> read() const;
    /// Errors: `storage`.
    Result<void> write(LogState const& state);
    /// What was written survives a power cut. Errors: `storage`.
    Result<void> sync() const;

private:
    std::filesystem::path path_;
    FileDescriptor file_;
};

}  // namespace millrace::broker
