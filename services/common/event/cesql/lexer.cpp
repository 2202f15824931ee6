// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/lexer.hpp"

#include <algorithm>
#include <array>

#include "common/base/encoding.hpp"
#include "common/base/http_message.hpp"

namespace millrace::cesql {
namespace {

using Kind = Token::Kind;

struct Spelling {
    std::string_view text;
    Kind kind;
};

/// Longer ones first.
constexpr std::array<Spelling, 15> signs = {{
    {"!=", Kind::not_equal},
    {"<>", Kind::not_equal},
    {"<=", Kind::less_equal},
    {">=", Kind::greater_equal},
    {"<", Kind::less},
    {">", Kind::greater},
    {"=", Kind::equal},
    {"(", Kind::open},
    {")", Kind::close},
    {",", Kind::comma},
    {"+", Kind::plus},
    {"-", Kind::minus},
    {"*", Kind::star},
    {"/", Kind::slash},
    {"%", Kind::percent},
}};

constexpr std::array<Spelling, 9> keywords = {{
    {"and", Kind::word_and},
    {"or", Kind::word_or},
    {"xor", Kind::word_xor},
    {"not", Kind::word_not},
    {"like", Kind::word_like},
    {"in", Kind::word_in},
    {"exists", Kind::word_exists},
    {"true", Kind::word_true},
    {"false", Kind::word_false},
}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_in_word(char c) {
    return is_digit(c) || is_letter(c) || c == '_';
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

void Lexer::skip(std::size_t bytes) {
    auto const is_first_byte = [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    };
    column_ +=
        static_cast<std::uint32_t>(std::ranges::count_if(text_.substr(0, bytes), is_first_byte));
    text_.remove_prefix(bytes);
}

Token Lexer::take(Kind kind, std::size_t bytes) {
    Token const token{.kind = kind, .text = text_.substr(0, bytes), .column = column_};
    skip(bytes);
    return token;
}

Token Lexer::wrong(std::string problem) {
    problem_ = std::move(problem);
    return {.kind = Kind::wrong, .text = text_, .column = column_};
}

Token Lexer::take_word() {
    auto const end = std::ranges::find_if_not(text_, is_in_word);
    std::string_view const word(text_.begin(), end);
    bool const has_digit = std::ranges::any_of(word, is_digit);
    if (std::ranges::all_of(word, is_digit))
        return take(Kind::integer, word.size());
    if (word.find('_') != std::string_view::npos) {
        if (has_digit || word.front() == '_')
            return wrong(
                "\"" + std::string(word) +
                "\" is neither an attribute (letters and digits) nor a function (letters and "
                "underscores).");
        return take(Kind::function_word, word.size());
    }
    for (Spelling const& keyword : keywords)
        if (equals_ignoring_case(word, keyword.text))
            return take(keyword.kind, word.size());
    return take(Kind::word, word.size());
}

Token Lexer::take_quoted() {
    char const quote = text_.front();
    for (std::size_t at = 1; at < text_.size(); ++at) {
        if (text_[at] == quote)
            return take(Kind::text, at + 1);
        if (text_[at] == '\\')
            ++at;
    }
    return wrong(std::string("The text that begins here has no closing ") + quote + ".");
}

Token Lexer::next() {
    auto const begin = std::ranges::find_if_not(text_, is_space);
    skip(static_cast<std::size_t>(begin - text_.begin()));
    if (text_.empty())
        return {.kind = Kind::end, .text = {}, .column = column_};
    char const first = text_.front();
    if (first == '\'' || first == '"')
        return take_quoted();
    if (is_in_word(first))
        return take_word();
    for (Spelling const& sign : signs)
        if (text_.starts_with(sign.text))
            return take(sign.kind, sign.text.size());
    return wrong(
        "\"" + to_valid_utf8(text_.substr(0, character_length(text_))) + "\" has no meaning here.");
}

void append_unquoted(std::string& to, std::string_view token) {
    char const quote = token.front();
    std::string_view const inner = token.substr(1, token.size() - 2);
    for (std::size_t at = 0; at < inner.size(); ++at) {
        bool const is_escape = inner[at] == '\\' && at + 1 < inner.size();
        if (is_escape && inner[at + 1] != quote)
            to += inner[at];
        if (is_escape)
            ++at;
        to += inner[at];
    }
}

std::string describe(Token const& token) {
    if (token.kind == Kind::end)
        return "the end";
    if (token.kind == Kind::text)
        return "a text";
    return "\"" + std::string(token.text.substr(0, 40)) + "\"";
}

}  // namespace millrace::cesql
