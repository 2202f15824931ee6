// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/base/encoding.hpp"
#include "configurator/form/address.hpp"
#include "configurator/form/value_reader.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t shown_bytes_max = 80;

}  // namespace

std::string shown(std::string_view text) {
    return "\"" + std::string(cut_at_character(text, shown_bytes_max)) + "\"";
}

std::unexpected<std::string> no_such(
    Property const& property, std::string_view text, std::string_view what) {
    std::string sentence = shown(text) + " is no " + std::string(what);
    if (!property.example.empty())
        sentence += "; write it like " + std::string(property.example);
    return std::unexpected(sentence + ".");
}

std::unexpected<std::string> must_be(std::string_view text, std::string_view what) {
    return std::unexpected(shown(text) + " must be " + std::string(what) + ".");
}

std::string lower(std::string_view text) {
    std::string copy(text);
    std::ranges::transform(copy, copy.begin(), [](char one) {
        return one >= 'A' && one <= 'Z' ? static_cast<char>(one + ('a' - 'A')) : one;
    });
    return copy;
}

Value read_boolean(Property const&, std::string_view text) {
    constexpr std::array<std::string_view, 4> on = {"true", "yes", "on", "1"};
    constexpr std::array<std::string_view, 4> off = {"false", "no", "off", "0"};
    std::string const word = lower(text);
    if (std::ranges::find(on, word) != on.end())
        return "true";
    if (std::ranges::find(off, word) != off.end())
        return "false";
    return must_be(text, "true or false");
}

Value read_integer(Property const& property, std::string_view text) {
    auto const number = parse_number(text, static_cast<unsigned>(property.high));
    if (!number || *number < property.low)
        return must_be(text, property.words);
    return std::string(text);
}

Value read_choice(Property const& property, std::string_view text) {
    for (std::string_view const choice : property.choices)
        if (lower(choice) == lower(text))
            return std::string(choice);
    return must_be(text, property.words);
}

}  // namespace millrace::configurator
