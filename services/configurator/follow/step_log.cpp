// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/step_log.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::configurator {
namespace {

/// Shorter ones would make holes in words that say nothing of them.
constexpr std::size_t hidden_bytes_min = 4;
constexpr std::string_view hidden = "(hidden)";

void hide(std::string& text, std::string const& secret) {
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + hidden.size()))
        text.replace(at, secret.size(), hidden);
}

/// As a program printed it, but for secrets and for what no text has.
std::string shown(std::string_view printed, PropertyTexts const& form) {
    std::string text(printed);
    for (auto const& [key, value] : form) {
        Property const* const property = find_property(key);
        bool const is_secret = property == nullptr || property->secret;
        if (is_secret && value.reveal().size() >= hidden_bytes_min)
            hide(text, value.reveal());
    }
    text = to_valid_utf8(text);
    std::erase_if(text, [](char one) {
        return static_cast<unsigned char>(one) < ' ' && one != '\n' && one != '\t';
    });
    return text;
}

/// The end of the text, from a whole line on.
std::string last_lines(std::string text, std::size_t bytes_max) {
    if (text.size() <= bytes_max)
        return text;
    auto const line = text.find('\n', text.size() - bytes_max);
    text.erase(0, line == std::string::npos ? text.size() - bytes_max : line + 1);
    return "...\n" + to_valid_utf8(text);
}

}  // namespace

void StepLog::add(
    std::string const& step, std::string program, std::string_view printed,
    PropertyTexts const& form) {
    auto& entries = steps_[step];
    entries.remove_if([&](Entry const& entry) { return entry.program == program; });
    entries.push_back({std::move(program), last_lines(shown(printed, form), step_bytes_max / 2)});
    std::size_t bytes = 0;
    for (Entry const& entry : entries)
        bytes += entry.program.size() + entry.printed.size();
    for (; bytes > step_bytes_max && entries.size() > 1; entries.pop_front())
        bytes -= entries.front().program.size() + entries.front().printed.size();
}

std::optional<std::string> StepLog::text(std::string const& step) const {
    auto const found = steps_.find(step);
    if (found == steps_.end())
        return std::nullopt;
    std::string text;
    for (Entry const& entry : found->second) {
        text += "$ " + entry.program + "\n" + entry.printed;
        if (!text.ends_with('\n'))
            text += '\n';
    }
    return text;
}

}  // namespace millrace::configurator
