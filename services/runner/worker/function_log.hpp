// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/async_signal.hpp"
#include "common/net/sse.hpp"
#include "runner/worker/flood_guard.hpp"

namespace millrace::runner {

/// One function's log: the last 2,000 lines in memory, 2 x 4 MiB on disk, readers by SSE.
class FunctionLog {
public:
    /// `copy`: gets the text of each line, too, and outlives it: a container's standard output,
    /// which `kubectl logs` shows; nullptr: nothing does.
    FunctionLog(
        asio::any_io_executor executor, std::filesystem::path file, std::FILE* copy = nullptr);

    /// Said by the host: always written.
    void append(LogLine const& line);
    /// Printed by a handler: FloodGuard decides.
    void append_output(LogLine line);
    /// The event's handler is done: its last lines are written.
    void call_ended(std::string const& event_id);
    /// Writes what is kept back once its second is over; runs until it is stopped.
    Task<void> write_kept_back();

    /// {"items":[...]}: the last `count` lines, oldest first.
    std::string page(std::size_t count) const;
    /// As SSE, beginning with the last `count` lines.
    HttpAnswer follow(std::size_t count);

private:
    void load();
    void write(std::string const& json);
    void append_all(std::vector<LogLine> const& lines);

    std::filesystem::path file_;
    std::FILE* copy_;
    std::deque<std::string> lines_;  ///< as JSON
    std::uintmax_t file_bytes_ = 0;
    SseHub hub_;
    FloodGuard guard_;
    AsyncSignal kept_back_;
};

}  // namespace millrace::runner
