// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/net/sse.hpp"

namespace millrace::runner {

struct LogLine {
    std::string at;      ///< RFC 3339
    std::string stream;  ///< "stdout", "stderr" or "system" (said by the host)
    std::string text;
    std::string revision;
    std::string event_id;  ///< of the event being handled; empty: none
};

/// Splits what a worker prints into lines and keeps a handler from flooding its log: lines are cut
/// at 8 KiB, and of more than 500 a second the rest is counted, not kept. Pure.
class LineSplitter {
public:
    /// The whole lines that `bytes` completes.
    std::vector<std::string> take(std::string_view bytes, SteadyTime now);
    /// What stands without a newline at the end.
    std::string rest() { return std::exchange(partial_, {}); }
    /// Lines dropped since the last call.
    std::size_t take_dropped() { return std::exchange(dropped_, 0); }

private:
    std::string partial_;
    bool cutting_ = false;
    SteadyTime second_;
    std::size_t in_second_ = 0;
    std::size_t dropped_ = 0;
};

/// One function's log: the last 2,000 lines in memory, 2 x 4 MiB on disk, readers by SSE.
class FunctionLog {
public:
    FunctionLog(asio::any_io_executor executor, std::filesystem::path file);

    void append(LogLine line);
    /// {"items":[...]}: the last `count` lines, oldest first.
    std::string page(std::size_t count) const;
    /// As SSE, beginning with the last `count` lines.
    HttpAnswer follow(std::size_t count);

private:
    void load();
    void write(std::string const& json);

    std::filesystem::path file_;
    std::deque<std::string> lines_;  ///< as JSON
    std::uintmax_t file_bytes_ = 0;
    SseHub hub_;
};

}  // namespace millrace::runner
