// SPDX-License-Identifier: Apache-2.0
#include "common/base/http_message.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

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
