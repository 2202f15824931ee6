// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace::runner {

struct LogLine {
    std::string at;      ///< RFC 3339
    std::string stream;  ///< "stdout", "stderr" or "system" (said by the host)
    std::string text;
    std::string revision;
    std::string event_id;  ///< of the event being handled; empty: none
};

/// Keeps a function's handlers from flooding its log. Of a second's first 500 lines all are kept;
/// of what comes beyond, the last 20 of each call, at most 500 a second; the rest is counted and
/// told in one line a second. Pure.
class FloodGuard {
public:
    /// What of it is to be written now.
    std::vector<LogLine> offer(LogLine line, SteadyTime now);
    /// The call that `event_id` names has ended: its last lines.
    std::vector<LogLine> call_ended(std::string const& event_id, SteadyTime now);
    /// What is due at `now`: call it at due().
    std::vector<LogLine> flush(SteadyTime now);
    /// Something is kept back: flush() at due() writes it.
    bool has_kept_back() const { return left_out_ > 0 || !last_lines_.empty(); }
    SteadyTime due() const { return second_ + std::chrono::seconds(1); }

    static constexpr std::size_t lines_a_second = 500;
    static constexpr std::size_t last_lines_kept = 20;

private:
    void begin_second(SteadyTime now, std::vector<LogLine>& to);
    void keep_back(LogLine line);
    void release(std::deque<LogLine> lines, std::vector<LogLine>& to);

    SteadyTime second_;
    std::size_t in_second_ = 0;
    std::size_t released_in_second_ = 0;
    std::uint64_t left_out_ = 0;
    LogLine about_left_out_;                                 ///< revision of what is left out
    std::map<std::string, std::deque<LogLine>> last_lines_;  ///< by event
};

/// "4,812 lines were left out": with the number's thousands apart and the right plural.
std::string left_out_text(std::uint64_t lines);

}  // namespace millrace::runner
