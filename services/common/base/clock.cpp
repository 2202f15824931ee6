// SPDX-License-Identifier: Apache-2.0
#include "common/base/clock.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace millrace {
namespace {

/// Reads exactly `digits` digits from the front of `text` and removes them.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits)
        return std::nullopt;
    int value = 0;
    for (char const c : text.substr(0, digits)) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (!text.starts_with(expected))
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<nanoseconds> take_fraction(std::string_view& text) {
    if (!take(text, '.'))
        return 0ns;
    std::int64_t value = 0;
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (count < 9)
            value = value * 10 + (text.front() - '0');
        ++count;
        text.remove_prefix(1);
    }
    if (count == 0)
        return std::nullopt;
    for (; count < 9; ++count)
        value *= 10;
    return nanoseconds(value);
}

/// What a timestamp says, in parts, checked.
struct Timestamp {
    std::chrono::year_month_day date;
    nanoseconds time_of_day{0};
    std::chrono::minutes offset{0};
    bool has_offset = false;
};

bool take_offset(std::string_view& text, Timestamp& into) {
    if (text.empty())
        return true;
    into.has_offset = true;
    if (take(text, 'Z') || take(text, 'z'))
        return true;
    bool const negative = text.front() == '-';
    if (!take(text, '+') && !take(text, '-'))
        return false;
    auto const hours = take_digits(text, 2);
    if (!hours || !take(text, ':'))
        return false;
    auto const minutes = take_digits(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59)
        return false;
    into.offset = std::chrono::minutes(*hours * 60 + *minutes) * (negative ? -1 : 1);
    return true;
}

std::optional<Timestamp> read_timestamp(std::string_view text) {
    using namespace std::chrono;
    auto const y = take_digits(text, 4);
    if (!y || !take(text, '-'))
        return std::nullopt;
    auto const mo = take_digits(text, 2);
    if (!mo || !take(text, '-'))
        return std::nullopt;
    auto const d = take_digits(text, 2);
    if (!d || !(take(text, 'T') || take(text, 't') || take(text, ' ')))
        return std::nullopt;
    auto const h = take_digits(text, 2);
    if (!h || !take(text, ':'))
        return std::nullopt;
    auto const mi = take_digits(text, 2);
    if (!mi || !take(text, ':'))
        return std::nullopt;
    auto const s = take_digits(text, 2);
    if (!s)
        return std::nullopt;
    auto const fraction = take_fraction(text);
    Timestamp timestamp;
    timestamp.date =
        year_month_day(year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d)));
    bool const is_complete = fraction && take_offset(text, timestamp) && text.empty();
    if (!is_complete || !timestamp.date.ok() || *h > 23 || *mi > 59 || *s > 60)
        return std::nullopt;
    timestamp.time_of_day = hours(*h) + minutes(*mi) + seconds(*s) + *fraction;
    return timestamp;
}

std::optional<SystemTime> to_system_time(Timestamp const& timestamp) {
    auto const year = static_cast<int>(timestamp.date.year());
    if (year < 1678 || year > 2261)
        return std::nullopt;
    return SystemTime(std::chrono::sys_days(timestamp.date)) + timestamp.time_of_day -
           timestamp.offset;
}

/// `value` >= 0 in `count` decimal digits at `at`, leading zeros kept.
void put_digits(std::string& text, std::size_t at, std::size_t count, std::int64_t value) {
    for (std::size_t i = at + count; i > at; --i) {
        text[i - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace

std::string format_rfc3339(SystemTime time) {
    using namespace std::chrono;
    auto const day_start = floor<days>(time);
    year_month_day const date(day_start);
    hh_mm_ss const clock(floor<nanoseconds>(time - day_start));
    // Digit by digit: one is written for each event, and printf costs as much as the rest of it.
    std::string text = "0000-00-00T00:00:00";
    put_digits(text, 0, 4, static_cast<int>(date.year()));
    put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
    put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
    put_digits(text, 11, 2, clock.hours().count());
    put_digits(text, 14, 2, clock.minutes().count());
    put_digits(text, 17, 2, clock.seconds().count());
    if (auto const fraction = clock.subseconds().count(); fraction != 0) {
        text += ".000000000";
        put_digits(text, 20, 9, fraction);
        text.erase(text.find_last_not_of('0') + 1);
    }
    text += 'Z';
    return text;
}

Result<SystemTime> parse_rfc3339(std::string_view text) {
    if (auto const timestamp = read_timestamp(text))
        if (auto const time = to_system_time(*timestamp))
            return *time;
    return failure(
        ErrorCode::invalid, "\"" + std::string(text.substr(0, 64)) +
                                "\" is no RFC 3339 time, such as 2026-11-22T10:03:53.5Z.");
}

bool is_rfc3339(std::string_view text) {
    auto const timestamp = read_timestamp(text);
    return timestamp && timestamp->has_offset;
}

Result<milliseconds> parse_iso8601_duration(std::string_view text) {
    std::string_view rest = text;
    bool in_time = false;
    bool any = false;  // of the part that is being read: date or time
    double last_scale = std::numeric_limits<double>::infinity();
    double total_s = 0;
    bool valid = take(rest, 'P');
    while (valid && !rest.empty()) {
        if (!in_time && take(rest, 'T')) {
            in_time = true;
            any = false;
            continue;
        }
        double number = 0;
        auto const [stop, error] = std::from_chars(
            rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
        valid = error == std::errc() && stop != rest.data() + rest.size() && number >= 0;
        if (!valid)
            break;
        rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
        char const unit = rest.front();
        rest.remove_prefix(1);
        double const scale = in_time ? (unit == 'H'   ? 3600
                                        : unit == 'M' ? 60
                                        : unit == 'S' ? 1
                                                      : 0)
                                     : (unit == 'W'   ? 604800
                                        : unit == 'D' ? 86400
                                                      : 0);
        // The greater unit first, and each once.
        valid = scale != 0 && scale < last_scale;
        last_scale = scale;
        total_s += number * scale;
        any = true;
    }
    if (!valid || !any || total_s > 864'000'000.0)
        return failure(
            ErrorCode::invalid, "\"" + std::string(text.substr(0, 64)) +
                                    "\" is no ISO 8601 duration, such as PT0.2S or PT1M.");
    return milliseconds(std::llround(total_s * 1000));
}

}  // namespace millrace
