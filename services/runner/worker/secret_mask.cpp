// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/secret_mask.hpp"

#include <algorithm>

namespace millrace::runner {
namespace {

constexpr std::size_t characters_min = 4;
/// Of a line of a longer value: a shorter one ("-----") says nothing.
constexpr std::size_t line_characters_min = 8;

}  // namespace

SecretMask::SecretMask(std::vector<Secret> const& values) {
    for (Secret const& secret : values) {
        std::string const& value = secret.reveal();
        hide(value);
        if (auto const json = parse_json(value); json && json->is_structured())
            hide_parts(*json);
    }
    std::ranges::sort(hidden_, [](auto const& one, auto const& two) {
        return one.size() != two.size() ? one.size() > two.size() : one < two;
    });
    auto const doubles = std::ranges::unique(hidden_);
    hidden_.erase(doubles.begin(), doubles.end());
}

void SecretMask::hide(std::string_view value) {
    if (value.size() < characters_min || value == "true" || value == "false" || value == "null")
        return;
    hidden_.emplace_back(value);
    std::string const written = dump_json(value);
    if (written.size() != value.size() + 2)
        hidden_.push_back(written.substr(1, written.size() - 2));
    if (value.find('\n') == std::string_view::npos)
        return;
    for (std::string_view rest = value; !rest.empty();) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        while (line.ends_with('\r') || line.ends_with(' '))
            line.remove_suffix(1);
        if (line.size() >= line_characters_min)
            hidden_.emplace_back(line);
    }
}

void SecretMask::hide_parts(Json const& value) {
    if (value.is_structured())
        for (Json const& part : value)
            hide_parts(part);
    else if (value.is_string())
        hide(string_at(value, ""));
    else
        hide(dump_json(value));
}

std::string SecretMask::apply(std::string text) const {
    for (std::string const& value : hidden_)
        for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += 3)
            text.replace(at, value.size(), "***");
    return text;
}

}  // namespace millrace::runner
