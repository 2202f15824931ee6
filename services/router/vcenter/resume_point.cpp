// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/resume_point.hpp"

#include <algorithm>

namespace millrace::router {
namespace {

/// vCenter's clock may not run back further than this without it being another history (F10).
constexpr seconds clock_step_max = 3600s;
/// Clocks of hosts and of vCenter differ by less; a collector overlaps by as much anyway.
constexpr seconds clock_difference_max = 10s;
/// Before any vCenter's first event.
constexpr SystemTime beginning_of_time{std::chrono::hours(24)};

}  // namespace

std::optional<NewHistory> new_history(HistoryFacts const& facts) {
    if (facts.known_instance.empty() && facts.checkpoint_was_damaged) {
        bool const is_bounded = facts.max_age > 0s;
        return NewHistory{
            not_before(beginning_of_time, facts.server_time, facts.max_age),
            std::string("The checkpoint was damaged and is kept as checkpoint.corrupt; reading "
                        "began at the oldest event ") +
                (is_bounded ? "that checkpointConfig.maxAgeSeconds allows" : "that vCenter has") +
                ", so events that were delivered before are delivered again."};
    }
    if (facts.known_instance.empty())
        return NewHistory{facts.server_time, {}};
    if (facts.known_instance != facts.found_instance)
        return NewHistory{
            facts.server_time, "The address now leads to another vCenter (" + facts.found_instance +
                                   ", before " + facts.known_instance +
                                   "); its events are read from now on."};
    if (facts.low_water > facts.server_time + clock_step_max)
        return NewHistory{
            facts.server_time, "vCenter's time is " + format_rfc3339(facts.server_time) +
                                   ", before that of events already delivered (" +
                                   format_rfc3339(facts.low_water) +
                                   "): it was restored, and is read from now on."};
    return std::nullopt;
}

SystemTime reading_begin(SystemTime resume, SystemTime low_water, SystemTime server_time) {
    bool const was_set_back = low_water > server_time + clock_difference_max;
    return was_set_back ? resume - clock_step_max : resume;
}

SystemTime not_before(SystemTime begin, SystemTime server_time, seconds max_age) {
    return max_age > 0s ? std::max(begin, server_time - max_age) : begin;
}

}  // namespace millrace::router
