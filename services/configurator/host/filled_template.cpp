// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/filled_template.hpp"

namespace millrace::configurator {
namespace {

constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

/// The name that begins at `at`, behind its '@'; empty where there is none.
std::string_view name_at(std::string_view text, std::size_t at) {
    auto const end = text.find_first_not_of(name_characters, at);
    bool const is_name = end != std::string_view::npos && end > at && text[end] == '@';
    return is_name ? text.substr(at, end - at) : std::string_view();
}

}  // namespace

Result<std::string> filled_template(
    std::string_view text, std::map<std::string, std::string> const& values) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        auto const next = std::min(text.find('@', at), text.size());
        result += text.substr(at, next - at);
        at = next;
        if (at == text.size())
            break;
        std::string_view const name = name_at(text, at + 1);
        if (name.empty()) {
            result += text[at++];
            continue;
        }
        auto const value = values.find(std::string(name));
        if (value == values.end())
            return failure(ErrorCode::invalid, "@" + std::string(name) + "@ has no value.");
        result += value->second;
        at += name.size() + 2;
    }
    return result;
}

}  // namespace millrace::configurator
