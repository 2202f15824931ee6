// SPDX-License-Identifier: Apache-2.0
#include "common/base/http_message.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// IMF-fixdate, RFC 850's, asctime's. None is longer than the second.
constexpr std::array http_date_forms = {
    "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
constexpr std::size_t http_date_bytes_max = 40;

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view Headers::get(std::string_view name) const {
    for (auto const& [key, value] : items_)
        if (equals_ignoring_case(key, name))
            return value;
    return {};
}

bool Headers::contains(std::string_view name) const {
    return std::ranges::any_of(
        items_, [&](Item const& item) { return equals_ignoring_case(item.first, name); });
}

void Headers::add(std::string name, std::string value) {
    items_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    items_.emplace_back(name, std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(items_, [&](Item const& item) { return equals_ignoring_case(item.first, name); });
}

std::string media_type(std::string_view content_type) {
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.remove_suffix(1);
    while (!type.empty() && (type.front() == ' ' || type.front() == '\t'))
        type.remove_prefix(1);
    std::string text(type);
    std::ranges::transform(text, text.begin(), lower);
    return text;
}

std::optional<SystemTime> parse_http_date(std::string_view text) {
    if (text.size() > http_date_bytes_max)
        return std::nullopt;
    std::string const whole(text);
    for (char const* const form : http_date_forms) {
        tm parts{};
        char const* const end = ::strptime(whole.c_str(), form, &parts);
        if (end != whole.c_str() + whole.size())
            continue;
        constexpr int first_year = 70;  // counted from 1900, as tm does
        constexpr int last_year = 361;
        // timegm would make March 2nd of February 30th.
        tm const asked = parts;
        time_t const at = ::timegm(&parts);
        bool const is_date = parts.tm_mon == asked.tm_mon && parts.tm_mday == asked.tm_mday;
        if (!is_date || asked.tm_year < first_year || asked.tm_year > last_year)
            return std::nullopt;
        return SystemTime(seconds(at));
    }
    return std::nullopt;
}

std::optional<milliseconds> retry_after(std::string_view value, SystemTime now) {
    bool const is_count =
        !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (is_count) {
        std::uint32_t count = 0;
        auto const [end, code] = std::from_chars(value.data(), value.data() + value.size(), count);
        if (code != std::errc())
            return retry_after_max;  // more than 32 bits hold
        return std::min<milliseconds>(seconds(count), retry_after_max);
    }
    auto const date = parse_http_date(value);
    if (!date)
        return std::nullopt;
    auto const wait = std::chrono::duration_cast<milliseconds>(*date - now);
    return std::clamp(wait, 0ms, retry_after_max);
}

std::string HttpRequest::query_value(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        std::string_view const pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        auto const equals = pair.find('=');
        if (pair.substr(0, equals) != name)
            continue;
        std::string value(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        std::ranges::replace(value, '+', ' ');
        return percent_decode(value).value_or("");
    }
    return {};
}

}  // namespace millrace
