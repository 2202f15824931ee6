// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/flood_guard.hpp"

#include <utility>

namespace millrace::runner {
namespace {

/// Calls whose last lines are kept at the same time; a function has fewer at once than this.
constexpr std::size_t calls_max = 160;

}  // namespace

std::string left_out_text(std::uint64_t lines) {
    std::string digits = std::to_string(lines);
    for (auto at = std::ssize(digits) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits + (lines == 1 ? " line was" : " lines were") + " left out: more than " +
           std::to_string(FloodGuard::lines_a_second) + " a second.";
}

void FloodGuard::begin_second(SteadyTime now, std::vector<LogLine>& to) {
    if (now < due())
        return;
    second_ = now;
    in_second_ = 0;
    released_in_second_ = 0;
    if (left_out_ == 0)
        return;
    LogLine line = about_left_out_;
    line.stream = "system";
    line.text = left_out_text(std::exchange(left_out_, 0));
    to.push_back(std::move(line));
}

void FloodGuard::keep_back(LogLine line) {
    auto& lines = last_lines_[line.event_id];
    about_left_out_ = {
        .at = line.at, .stream = "", .text = "", .revision = line.revision, .event_id = ""};
    lines.push_back(std::move(line));
    if (lines.size() > last_lines_kept) {
        lines.pop_front();
        ++left_out_;
    }
    if (last_lines_.size() > calls_max) {
        left_out_ += last_lines_.begin()->second.size();
        last_lines_.erase(last_lines_.begin());
    }
}

void FloodGuard::release(std::deque<LogLine> lines, std::vector<LogLine>& to) {
    for (LogLine& line : lines) {
        if (released_in_second_ >= lines_a_second) {
            ++left_out_;
            continue;
        }
        ++released_in_second_;
        to.push_back(std::move(line));
    }
}

std::vector<LogLine> FloodGuard::offer(LogLine line, SteadyTime now) {
    std::vector<LogLine> lines;
    begin_second(now, lines);
    // Behind what is kept back of the same call, so that the call's lines stay in order.
    if (in_second_ >= lines_a_second || last_lines_.contains(line.event_id)) {
        keep_back(std::move(line));
    } else {
        ++in_second_;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<LogLine> FloodGuard::call_ended(std::string const& event_id, SteadyTime now) {
    std::vector<LogLine> lines;
    begin_second(now, lines);
    if (auto const found = last_lines_.find(event_id); found != last_lines_.end()) {
        release(std::move(found->second), lines);
        last_lines_.erase(found);
    }
    return lines;
}

std::vector<LogLine> FloodGuard::flush(SteadyTime now) {
    std::vector<LogLine> lines;
    begin_second(now, lines);
    for (auto& [event_id, kept] : std::exchange(last_lines_, {}))
        release(std::move(kept), lines);
    return lines;
}

}  // namespace millrace::runner
