// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr char const* malformed = "Not valid JSON";
constexpr char const* too_deep = "JSON is nested deeper than 64 levels";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Bytes that stand for themselves inside a string: no quote, backslash, control or multi-byte.
constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte)
        table[byte] = byte != '"' && byte != '\\';
    return table;
}();

}  // namespace

JsonCursor::JsonCursor(std::string_view text, Halves halves) : text_(text), halves_(halves) {
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
    std::string_view quoted;
    if (!next('}') || !skip_name(quoted))
        return false;
    name = quoted.substr(1, quoted.size() - 2);
    if (name.contains('\\')) {
        name_ = is_unicode_json(quoted) ? json_text(quoted) : std::string(name);
        name = name_;
    }
    return true;
}

bool JsonCursor::skip_name(std::string_view& quoted) {
    skip_space();
    std::size_t const begin = at_;
    if (!skip_string())
        return false;
    quoted = text_.substr(begin, at_ - begin);
    skip_space();
    if (peek() != ':')
        return fail(malformed);
    ++at_;
    return true;
}

std::string_view JsonCursor::value() {
    skip_space();
    std::size_t const begin = at_;
    if (failed() || !skip_value())
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

bool JsonCursor::skip_value() {
    switch (peek()) {
        case '"':
            return skip_string();
        case '{':
            return skip_object();
        case '[':
            return skip_list();
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

bool JsonCursor::skip_object() {
    std::string_view name;
    for (bool more = enter_object() && next('}'); more; more = next('}')) {
        if (!skip_name(name))
            return false;
        skip_space();
        if (!skip_value())
            return false;
    }
    return !failed();
}

bool JsonCursor::skip_list() {
    for (bool more = enter_list() && next(']'); more; more = next(']')) {
        skip_space();
        if (!skip_value())
            return false;
    }
    return !failed();
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
        } else {
            std::size_t const length = byte < 0x80 ? 0 : utf8_sequence(text_.substr(at_));
            if (length == 0)
                return fail(malformed);
            at_ += length;
        }
    }
    return fail(malformed);
}

/// A surrogate has to have its other half, or the text is no Unicode.
bool JsonCursor::skip_escape() {
    constexpr std::string_view single = "\"\\/bfnrt";
    auto const unit = [this] -> int {
        std::string_view const escape = text_.substr(at_, 6);
        unsigned value = 0;
        auto const [stop, code] = std::from_chars(
            escape.data() + std::min<std::size_t>(2, escape.size()), escape.data() + escape.size(),
            value, 16);
        bool const complete = escape.size() == 6 && escape.starts_with("\\u") &&
                              code == std::errc() && stop == escape.data() + escape.size();
        at_ += complete ? 6 : 0;
        return complete ? static_cast<int>(value) : -1;
    };
    char const after = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (after != '\0' && single.contains(after)) {
        at_ += 2;
        return true;
    }
    int const first = unit();
    if (halves_ == Halves::passed)
        return first >= 0 || fail(malformed);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff))
        return fail(malformed);
    if (first < 0xd800 || first > 0xdbff)
        return true;
    int const second = unit();
    return (second >= 0xdc00 && second <= 0xdfff) || fail(malformed);
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

bool is_unicode_json(std::string_view value) {
    if (!value.contains("\\u"))
        return true;
    JsonCursor at(value);
    at.value();
    return at.finish().has_value();
}

std::string json_text(std::string_view quoted) {
    if (!quoted.contains('\\'))
        return std::string(quoted.substr(1, quoted.size() - 2));
    auto const parsed = parse_json(quoted);
    MILLRACE_ASSERT(parsed.has_value());
    return string_at(*parsed, "");
}

}  // namespace millrace
