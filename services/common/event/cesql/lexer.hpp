// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::cesql {

struct Token {
    enum class Kind {
        end,
        wrong,          ///< what can be no token; Lexer::problem says why
        word,           ///< [A-Za-z0-9]+ that is no keyword: an attribute or a function
        integer,        ///< digits; a sign is a token of its own
        text,           ///< with its quotes and escapes
        function_word,  ///< [A-Za-z][A-Za-z_]* with an underscore: only a function has one
        open,
        close,
        comma,
        plus,
        minus,
        star,
        slash,
        percent,
        equal,
        not_equal,  ///< != and <>
        less,
        less_equal,
        greater,
        greater_equal,
        word_and,
        word_or,
        word_xor,
        word_not,
        word_like,
        word_in,
        word_exists,
        word_true,
        word_false,
    };
    Kind kind = Kind::end;
    std::string_view text;     ///< as written
    std::uint32_t column = 1;  ///< 1-based, in characters
};

/// The tokens of an expression: CESQL spec v1.0, sections 2.2 to 2.4, keywords in any case, white
/// space (space, tab, CR, LF) between them. `text` must outlive it.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    /// The next token; `end` and `wrong` for ever once they came.
    Token next();
    /// Of the last `wrong`: one sentence.
    std::string const& problem() const { return problem_; }

private:
    Token take(Token::Kind kind, std::size_t bytes);
    Token take_word();
    Token take_quoted();
    Token wrong(std::string problem);
    void skip(std::size_t bytes);

    std::string_view text_;
    std::uint32_t column_ = 1;
    std::string problem_;
};

/// The text that a `text` token stands for: its quotes taken away and \' (or \") made a quote;
/// any other backslash stays.
void append_unquoted(std::string& to, std::string_view token);

/// A token in a fault, e.g. `")"`, `the end` or `a text`.
std::string describe(Token const& token);

}  // namespace millrace::cesql
