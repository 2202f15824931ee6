// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Wall clock with nanoseconds: for timestamps. Deadlines use SteadyTime.
using SystemTime = std::chrono::sys_time<nanoseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

inline SystemTime system_now() {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
}
inline SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

/// RFC 3339 in UTC, e.g. "2026-11-22T10:03:53.472846Z": the fraction without trailing zeros,
/// none where it is zero, as Go's RFC3339Nano writes it.
std::string format_rfc3339(SystemTime time);

/// Whether it is a time as RFC 3339 has it: years 0000 to 9999, any fraction, "Z" or an offset.
bool is_rfc3339(std::string_view text);

/// Reads RFC 3339 and xsd:dateTime, as vCenter writes it: any fraction (cut at ns), "Z", an offset,
/// or none (UTC). Years 1678 to 2261, what 64 bits of nanoseconds hold. Errors: `invalid`.
Result<SystemTime> parse_rfc3339(std::string_view text);

/// ISO 8601 durations as Knative uses them ("PT0.2S", "PT1M30S", "P1D"); no years or months.
/// Errors: `invalid`; more than 10,000 days.
Result<milliseconds> parse_iso8601_duration(std::string_view text);

}  // namespace millrace
