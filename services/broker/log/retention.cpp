// SPDX-License-Identifier: Apache-2.0
#include "broker/log/retention.hpp"

namespace millrace::broker {

std::size_t segments_to_drop(
    std::span<SegmentUse const> segments, RetentionLimits const& limits, std::int64_t low_water) {
    std::int64_t total = 0;
    for (SegmentUse const& segment : segments)
        total += segment.bytes;
    std::size_t dropped = 0;
    while (dropped + 1 < segments.size()) {
        SegmentUse const& oldest = segments[dropped];
        bool const too_old = oldest.age > limits.age;
        if (!too_old && total <= limits.bytes)
            break;
        if (oldest.last_seq >= low_water)
            break;
        total -= oldest.bytes;
        ++dropped;
    }
    return dropped;
}

}  // namespace millrace::broker
