// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_cursor.hpp"

#include <array>

#include "common/base/assert.hpp"

namespace millrace {
namespace {

constexpr char const* malformed = "Not valid JSON";
constexpr char const* too_deep = "JSON is nested deeper than 64 levels";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Bytes that stand for themselves inside a string: no quote, backslash, control or multi-byte.
constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte)
        table[byte] = byte != '"' && byte != '\\';
    return table;
}();

/// Table 3-7 of the Unicode standard: what may follow the first byte of a character.
struct Multibyte {
    std::size_t following = 0;  ///< 0: no first byte
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
};
Multibyte multibyte_of(unsigned char first) {
    if (first >= 0xc2 && first <= 0xdf)
        return {.following = 1};
    if (first == 0xe0)
        return {.following = 2, .low = 0xa0};
    if (first == 0xed)
        return {.following = 2, .high = 0x9f};
    if (first >= 0xe1 && first <= 0xef)
        return {.following = 2};
    if (first == 0xf0)
        return {.following = 3, .low = 0x90};
    if (first >= 0xf1 && first <= 0xf3)
        return {.following = 3};
    if (first == 0xf4)
        return {.following = 3, .high = 0x8f};
    return {};
}

}  // namespace

JsonCursor::JsonCursor(std::string_view text) : text_(text) {
    // RFC 8259 section 8.1: a byte order mark may be ignored.
    if (text.starts_with("\xef\xbb\xbf"))
        at_ = 3;
}

bool JsonCursor::fail(char const* problem) {
    if (problem_ == nullptr)
        problem_ = problem;
    return false;
}

void JsonCursor::skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
        ++at_;
}

bool JsonCursor::enter(char open) {
    skip_space();
    if (failed() || peek() != open)
        return false;
    ++at_;
    ++depth_;
    at_first_ = true;
    return depth_ <= json_depth_max || fail(too_deep);
}

bool JsonCursor::next(char close) {
    MILLRACE_ASSERT(depth_ > 0 || failed());
    skip_space();
    if (failed())
        return false;
    bool const is_first = std::exchange(at_first_, false);
    if (peek() == close) {
        ++at_;
        --depth_;
        return false;
    }
    if (is_first)
        return true;
    if (peek() != ',')
        return fail(malformed);
    ++at_;
    return true;
}

bool JsonCursor::next_element() {
    return next(']');
}

bool JsonCursor::next_member(std::string_view& name) {
    if (!next('}'))
        return false;
    skip_space();
    std::size_t const begin = at_;
    if (!skip_string())
        return false;
    std::string_view const quoted = text_.substr(begin, at_ - begin);
    name = quoted.substr(1, quoted.size() - 2);
    if (name.contains('\\')) {
        name_ = json_text(quoted);
        name = name_;
    }
    skip_space();
    if (peek() != ':')
        return fail(malformed);
    ++at_;
    return true;
}

std::string_view JsonCursor::value() {
    skip_space();
    std::size_t const begin = at_;
    if (failed() || !skip_value(depth_))
        return {};
    return text_.substr(begin, at_ - begin);
}

Result<void> JsonCursor::finish() {
    skip_space();
    if (!failed() && (at_ < text_.size() || depth_ > 0))
        fail(malformed);
    if (!failed())
        return {};
    return failure(
        ErrorCode::invalid, std::string(problem_) + " at byte " + std::to_string(at_ + 1) + ".");
}

bool JsonCursor::skip_value(int depth) {
    switch (peek()) {
        case '"':
            return skip_string();
        case '{':
            return skip_container('}', depth + 1);
        case '[':
            return skip_container(']', depth + 1);
        case 't':
            return skip_word("true");
        case 'f':
            return skip_word("false");
        case 'n':
            return skip_word("null");
        default:
            return skip_number();
    }
}

bool JsonCursor::skip_container(char close, int depth) {
    if (depth > json_depth_max)
        return fail(too_deep);
    ++at_;
    skip_space();
    if (peek() == close) {
        ++at_;
        return true;
    }
    for (;;) {
        skip_space();
        if (close == '}') {
            if (!skip_string())
                return false;
            skip_space();
            if (peek() != ':')
                return fail(malformed);
            ++at_;
            skip_space();
        }
        if (!skip_value(depth))
            return false;
        skip_space();
        char const after = peek();
        if (after != ',' && after != close)
            return fail(malformed);
        ++at_;
        if (after == close)
            return true;
    }
}

bool JsonCursor::skip_string() {
    if (peek() != '"')
        return fail(malformed);
    ++at_;
    while (at_ < text_.size()) {
        auto const byte = static_cast<unsigned char>(text_[at_]);
        if (plain[byte]) {
            ++at_;
        } else if (byte == '"') {
            ++at_;
            return true;
        } else if (byte == '\\') {
            if (!skip_escape())
                return false;
        } else if (byte < 0x80 || !skip_multibyte()) {
            return fail(malformed);
        }
    }
    return fail(malformed);
}

/// A surrogate has to have its other half, or the text is no Unicode.
bool JsonCursor::skip_escape() {
    constexpr std::string_view single = "\"\\/bfnrt";
    auto const unit = [this]() -> int {
        bool const complete = text_.substr(at_).starts_with("\\u") && text_.size() - at_ >= 6;
        if (!complete)
            return -1;
        int value = 0;
        for (char const c : text_.substr(at_ + 2, 4)) {
            if (!is_hexadecimal(c))
                return -1;
            value = value * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        at_ += 6;
        return value;
    };
    char const after = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (after != '\0' && single.contains(after)) {
        at_ += 2;
        return true;
    }
    int const first = unit();
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff))
        return fail(malformed);
    if (first < 0xd800 || first > 0xdbff)
        return true;
    int const second = unit();
    return (second >= 0xdc00 && second <= 0xdfff) || fail(malformed);
}

bool JsonCursor::skip_multibyte() {
    Multibyte const kind = multibyte_of(static_cast<unsigned char>(text_[at_]));
    if (kind.following == 0 || text_.size() - at_ <= kind.following)
        return false;
    for (std::size_t i = 1; i <= kind.following; ++i) {
        auto const byte = static_cast<unsigned char>(text_[at_ + i]);
        if (byte < (i == 1 ? kind.low : 0x80) || byte > (i == 1 ? kind.high : 0xbf))
            return false;
    }
    at_ += kind.following + 1;
    return true;
}

bool JsonCursor::skip_digits() {
    if (!is_digit(peek()))
        return fail(malformed);
    while (is_digit(peek()))
        ++at_;
    return true;
}

bool JsonCursor::skip_number() {
    if (peek() == '-')
        ++at_;
    if (peek() == '0')
        ++at_;
    else if (!skip_digits())
        return false;
    if (peek() == '.') {
        ++at_;
        if (!skip_digits())
            return false;
    }
    if (peek() == 'e' || peek() == 'E') {
        ++at_;
        if (peek() == '+' || peek() == '-')
            ++at_;
        return skip_digits();
    }
    return true;
}

bool JsonCursor::skip_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word))
        return fail(malformed);
    at_ += word.size();
    return true;
}

std::string json_text(std::string_view quoted) {
    if (!quoted.contains('\\'))
        return std::string(quoted.substr(1, quoted.size() - 2));
    auto const parsed = parse_json(quoted);
    MILLRACE_ASSERT(parsed.has_value());
    return string_at(*parsed, "");
}

}  // namespace millrace
