// SPDX-License-Identifier: Apache-2.0
#include "broker/control/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/assert.hpp"
#include "common/base/backoff.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds delay_max = 10min;

std::optional<int> digits(std::string_view text) {
    int value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); the weekday is not checked.
std::optional<SystemTime> parse_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
        return std::nullopt;
    auto const month = std::ranges::find(months, text.substr(8, 3));
    auto const day = digits(text.substr(5, 2));
    auto const year = digits(text.substr(12, 4));
    auto const hour = digits(text.substr(17, 2));
    auto const minute = digits(text.substr(20, 2));
    auto const second = digits(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second)
        return std::nullopt;
    if (*year < 1970 || *year > 2261 || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    std::chrono::year_month_day const date(
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
        std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok())
        return std::nullopt;
    return SystemTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

}  // namespace

milliseconds retry_delay(RetryPolicy const& policy, unsigned retry) {
    MILLRACE_ASSERT(retry >= 1);
    if (policy.delay <= 0ms)
        return 0ms;
    if (policy.backoff == BackoffPolicy::exponential)
        return backoff(retry, policy.delay, delay_max);
    auto const steps = std::min<std::int64_t>(retry, delay_max.count() / policy.delay.count() + 1);
    return std::min(policy.delay * steps, delay_max);
}

std::optional<milliseconds> parse_retry_after(std::string_view value, SystemTime now) {
    if (value.empty())
        return std::nullopt;
    bool const all_digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (all_digits) {
        auto const seconds_count = value.size() > 9 ? 1'000'000'000 : digits(value).value_or(0);
        return milliseconds(std::int64_t{1000} * seconds_count);
    }
    auto const date = parse_http_date(value);
    if (!date)
        return std::nullopt;
    return std::max(0ms, std::chrono::duration_cast<milliseconds>(*date - now));
}

std::optional<milliseconds> busy_for(
    RetryPolicy const& policy, AttemptResult const& result, SystemTime now) {
    if (!result.is_busy || result.is_final)
        return std::nullopt;
    auto const wished = parse_retry_after(result.retry_after, now);
    if (!wished)
        return std::nullopt;
    return std::min(*wished, policy.retry_after_max);
}

Decision decide(
    RetryPolicy const& policy, AttemptResult const& result, unsigned attempts_made,
    SystemTime now) {
    MILLRACE_ASSERT(attempts_made >= 1);
    if (result.error.empty())
        return {.next = Decision::Next::delivered};
    // 2xx with an error: the answer was no valid reply, or its reply could not be stored.
    bool const may_retry =
        !result.is_final && (is_retried(result.status) || result.status / 100 == 2);
    if (!may_retry || attempts_made > policy.retries)
        return {.next = Decision::Next::give_up};
    milliseconds delay = retry_delay(policy, attempts_made);
    if (result.status == 429 || result.status == 503)
        if (auto const wished = parse_retry_after(result.retry_after, now))
            delay = std::max(delay, std::min(*wished, policy.retry_after_max));
    return {.next = Decision::Next::retry, .delay = delay};
}

}  // namespace millrace::broker
