// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/base/clock.hpp"

namespace millrace::broker {

/// How much history is kept.
struct RetentionLimits {
    std::chrono::nanoseconds age = std::chrono::hours(7 * 24);
    std::int64_t bytes = std::int64_t{2} << 30;
};

/// What retention needs to know of one segment file.
struct SegmentUse {
    std::int64_t last_seq = 0;
    nanoseconds age{};  ///< since its last event, in time that the broker ran
    std::int64_t bytes = 0;
};

/// How many of the oldest segments go: those whose newest event is older than the age limit (in
/// time that the broker ran: a wall clock that jumps drops nothing), and as many as bring the rest
/// under the size limit. Never one with an event at or above `low_water` (the oldest event still to
/// be delivered), never the last one. Pure. `segments`: oldest first.
std::size_t segments_to_drop(
    std::span<SegmentUse const> segments, RetentionLimits const& limits, std::int64_t low_water);

}  // namespace millrace::broker
