// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_policy.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "common/base/backoff.hpp"

namespace millrace::router {
namespace {

constexpr std::array refusals = {400, 411, 413, 414, 415, 422, 431, 501};

}  // namespace

milliseconds pause_after_failure(
    unsigned attempt, RetryLimits const& limits, std::uint64_t random) {
    milliseconds const longest = backoff(attempt, limits.base, limits.ceiling);
    // At least half: full jitter could retry a struggling sink at once.
    return longest / 2 + with_jitter(longest / 2, random);
}

DeliveryDecision decide_delivery(
    DeliveryAttempt const& attempt, RetryLimits const& limits, std::uint64_t random) {
    if (attempt.status >= 200 && attempt.status < 300)
        return {DeliveryVerdict::delivered, 0ms};
    bool const refused = std::ranges::find(refusals, attempt.status) != refusals.end();
    if (refused && attempt.events > 1)
        return {DeliveryVerdict::split, 0ms};
    if (refused && attempt.number >= limits.refusals_max)
        return {DeliveryVerdict::dead_letter, 0ms};
    milliseconds pause = pause_after_failure(attempt.number, limits, random);
    if (attempt.retry_after)
        pause = std::max(pause, std::min(*attempt.retry_after, limits.retry_after_max));
    return {DeliveryVerdict::retry, pause};
}

std::optional<milliseconds> parse_retry_after(std::string_view value, SystemTime now) {
    if (value.empty() || value.size() > 64)
        return std::nullopt;
    std::uint32_t count = 0;
    auto const [stop, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error == std::errc() && stop == value.data() + value.size())
        return seconds(count);
    std::string const text(value);
    tm date{};
    char const* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == nullptr || *end != '\0')
        return std::nullopt;
    auto const at = std::chrono::system_clock::from_time_t(::timegm(&date));
    auto const wait = std::chrono::duration_cast<milliseconds>(at - now);
    return std::max(wait, 0ms);
}

}  // namespace millrace::router
