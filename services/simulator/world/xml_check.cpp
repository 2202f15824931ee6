// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/xml_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::simulator {
namespace {

std::unexpected<Error> refused(std::string reason) {
    return failure(ErrorCode::invalid, std::move(reason));
}

/// Position after the markup that begins at `at` with '<'; quotes hide '>'.
std::size_t end_of_tag(std::string_view text, std::size_t at) {
    char quote = 0;
    for (; at < text.size(); ++at) {
        if (quote != 0) {
            if (text[at] == quote)
                quote = 0;
        } else if (text[at] == '"' || text[at] == '\'') {
            quote = text[at];
        } else if (text[at] == '>') {
            return at + 1;
        }
    }
    return text.size();
}

std::size_t skip_past(std::string_view text, std::size_t at, std::string_view mark) {
    auto const found = text.find(mark, at);
    return found == std::string_view::npos ? text.size() : found + mark.size();
}

/// Whether what begins with '&' is one of XML's own entities or a character's number.
bool is_reference(std::string_view text) {
    auto const name = text.substr(1, std::min(text.find(';'), text.size()) - 1);
    if (name.size() + 2 > text.size())
        return false;
    if (!name.starts_with('#')) {
        constexpr std::array<std::string_view, 5> own = {"amp", "lt", "gt", "quot", "apos"};
        return std::ranges::find(own, name) != own.end();
    }
    bool const hex = name.starts_with("#x");
    auto const digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    auto const [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    bool const is_number = fault == std::errc() && end == digits.data() + digits.size();
    bool const is_character =
        code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
        (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
    return is_number && is_character;
}

bool is_forbidden(char letter) {
    auto const byte = static_cast<unsigned char>(letter);
    return byte < 0x20 && letter != '\t' && letter != '\n' && letter != '\r';
}

Result<void> check_characters(std::string_view text) {
    if (std::ranges::any_of(text, is_forbidden))
        return refused("A control character is not allowed.");
    for (auto at = text.find_first_of("&<"); at < text.size(); at = text.find_first_of("&<", at)) {
        auto const rest = text.substr(at);
        if (rest.starts_with("<!--"))
            at = skip_past(text, at + 4, "-->");
        else if (rest.starts_with("<![CDATA["))
            at = skip_past(text, at, "]]>");
        else if (rest.front() == '&' && !is_reference(rest))
            return refused("An \"&\" that begins no known entity is not allowed.");
        else
            ++at;
    }
    return {};
}

/// Depth and DOCTYPE before the parser sees it: freeing a tree of 10^6 levels overflows the stack.
Result<void> check_bounds(std::string_view text) {
    int depth = 0;
    for (auto at = text.find('<'); at < text.size(); at = text.find('<', at)) {
        auto const rest = text.substr(at);
        if (rest.starts_with("<!--")) {
            at = skip_past(text, at + 4, "-->");
        } else if (rest.starts_with("<![CDATA[")) {
            at = skip_past(text, at, "]]>");
        } else if (rest.starts_with("<!")) {
            return refused("A document type declaration is not allowed.");
        } else if (rest.starts_with("<?")) {
            at = skip_past(text, at, "?>");
        } else {
            auto const end = end_of_tag(text, at);
            bool const closes = rest.starts_with("</");
            bool const empty = end >= 2 && text[end - 2] == '/';
            depth += closes ? -1 : empty ? 0 : 1;
            if (depth > xml_depth_max)
                return refused("Elements are nested too deep.");
            at = end;
        }
    }
    return {};
}

}  // namespace

Result<void> check_xml(std::string_view text) {
    auto const bounded = check_bounds(text);
    return bounded ? check_characters(text) : bounded;
}

}  // namespace millrace::simulator
