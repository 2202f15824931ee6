// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/event/cesql/functions.hpp"
#include "common/event/cesql/lexer.hpp"

namespace millrace::cesql {
namespace {

using Index = Expression::Index;
using Kind = Expression::Kind;
using Operator = Expression::Operator;
using TokenKind = Token::Kind;

struct Infix {
    TokenKind token;
    Operator before;
    int level;  ///< binds closer than what has a lower one
};

constexpr int logic_level = 0;
constexpr int levels = 4;
constexpr std::array<Infix, 14> infixes = {{
    {TokenKind::word_and, Operator::logic_and, logic_level},
    {TokenKind::word_or, Operator::logic_or, logic_level},
    {TokenKind::word_xor, Operator::logic_xor, logic_level},
    {TokenKind::equal, Operator::equal, 1},
    {TokenKind::not_equal, Operator::not_equal, 1},
    {TokenKind::less, Operator::less, 1},
    {TokenKind::less_equal, Operator::less_equal, 1},
    {TokenKind::greater, Operator::greater, 1},
    {TokenKind::greater_equal, Operator::greater_equal, 1},
    {TokenKind::plus, Operator::add, 2},
    {TokenKind::minus, Operator::subtract, 2},
    {TokenKind::star, Operator::multiply, 3},
    {TokenKind::slash, Operator::divide, 3},
    {TokenKind::percent, Operator::remainder, 3},
}};

char lower(char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

char upper(char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/// After the first fault the current token is `end` for ever, so that everything returns.
class Parser {
public:
    explicit Parser(std::string_view text) : lexer_(text) { advance(); }

    Checked<Expression> take();

private:
    Index operands(int level);
    Index tests();
    Index prefixed();
    Index sign();
    Index value();
    Index word();
    Index call(Token const& name);
    Index pattern();
    Index integer(Token const& digits, std::string_view sign, std::uint32_t column);
    void list(Index owner, char const* expected);

    Index add(Kind kind, Token const& token);
    void set_text(Index node, std::string_view text, char (*change)(char));
    void append(Index parent, Index& last, Index child, Operator before);
    bool enter();
    bool accept(TokenKind kind);
    bool expect(TokenKind kind, char const* expected);
    void advance();
    void expected(std::string const& what);
    void fault(std::uint32_t column, std::string problem);
    Infix const* infix(int level) const;
    Expression::Node& node(Index index) { return expression_.nodes[index]; }

    Lexer lexer_;
    Token token_;
    Expression expression_;
    std::optional<Fault> fault_;
    int depth_ = 0;
};

void Parser::fault(std::uint32_t column, std::string problem) {
    if (!fault_)
        fault_ = Fault{"column " + std::to_string(column), std::move(problem)};
    token_ = {.kind = TokenKind::end, .text = {}, .column = column};
}

void Parser::expected(std::string const& what) {
    fault(token_.column, "Expected " + what + ", found " + describe(token_) + ".");
}

void Parser::advance() {
    if (fault_)
        return;
    token_ = lexer_.next();
    if (token_.kind == TokenKind::wrong)
        fault(token_.column, lexer_.problem());
}

/// Counts one level more; false, with a fault, if that is too deep.
bool Parser::enter() {
    if (depth_ < depth_max) {
        ++depth_;
        return true;
    }
    fault(token_.column, "The expression is nested deeper than 500.");
    return false;
}

bool Parser::accept(TokenKind kind) {
    if (token_.kind != kind)
        return false;
    advance();
    return true;
}

bool Parser::expect(TokenKind kind, char const* what) {
    if (accept(kind))
        return true;
    expected(what);
    return false;
}

Index Parser::add(Kind kind, Token const& token) {
    expression_.nodes.push_back({.kind = kind, .column = token.column});
    return static_cast<Index>(expression_.nodes.size() - 1);
}

void Parser::set_text(Index index, std::string_view text, char (*change)(char)) {
    node(index).text_at = static_cast<std::uint32_t>(expression_.texts.size());
    node(index).text_bytes = static_cast<std::uint32_t>(text.size());
    std::ranges::transform(text, std::back_inserter(expression_.texts), change);
}

void Parser::append(Index parent, Index& last, Index child, Operator before) {
    (last == Expression::no_node ? node(parent).first_child : node(last).next) = child;
    node(child).before = before;
    last = child;
}

Infix const* Parser::infix(int level) const {
    auto const found = std::ranges::find_if(
        infixes, [&](Infix const& one) { return one.level == level && one.token == token_.kind; });
    return found == infixes.end() ? nullptr : found;
}

Index Parser::operands(int level) {
    if (level == levels)
        return tests();
    Token const begin = token_;
    Index const first = operands(level + 1);
    Infix const* found = infix(level);
    if (found == nullptr)
        return first;
    Index const chain = add(level == logic_level ? Kind::logic : Kind::chain, begin);
    Index last = Expression::no_node;
    append(chain, last, first, Operator::none);
    for (; found != nullptr; found = infix(level)) {
        advance();
        append(chain, last, operands(level + 1), found->before);
    }
    return chain;
}

/// LIKE and IN, any number of them behind a value.
Index Parser::tests() {
    Token const begin = token_;
    Index const first = prefixed();
    Index chain = Expression::no_node;
    Index last = Expression::no_node;
    for (;;) {
        bool const is_negated = accept(TokenKind::word_not);
        bool const is_like = token_.kind == TokenKind::word_like;
        if (!is_like && token_.kind != TokenKind::word_in) {
            if (is_negated)
                expected("LIKE or IN after NOT");
            return chain == Expression::no_node ? first : chain;
        }
        if (chain == Expression::no_node) {
            chain = add(Kind::chain, begin);
            append(chain, last, first, Operator::none);
        }
        advance();
        if (is_like) {
            append(chain, last, pattern(), is_negated ? Operator::not_like : Operator::like);
            continue;
        }
        Index const set = add(Kind::set, token_);
        append(chain, last, set, is_negated ? Operator::not_in : Operator::in);
        if (!expect(TokenKind::open, "( and a list of values after IN") || !enter())
            continue;
        list(set, "a value");
        --depth_;
    }
}

Index Parser::pattern() {
    Token const literal = token_;
    Index const index = add(Kind::text, literal);
    if (!expect(TokenKind::text, "a text in quotes after LIKE"))
        return index;
    auto const begin = expression_.texts.size();
    append_unquoted(expression_.texts, literal.text);
    node(index).text_at = static_cast<std::uint32_t>(begin);
    node(index).text_bytes = static_cast<std::uint32_t>(expression_.texts.size() - begin);
    return index;
}

/// Values up to the closing parenthesis; the opening one is passed.
void Parser::list(Index owner, char const* first_expected) {
    if (token_.kind == TokenKind::close) {
        expected(first_expected);
        return;
    }
    Index last = Expression::no_node;
    do {
        append(owner, last, operands(logic_level), Operator::none);
    } while (accept(TokenKind::comma));
    expect(TokenKind::close, "an operator, a comma or )");
}

/// Everything that goes deeper comes through here or is a set behind IN.
Index Parser::prefixed() {
    Token const begin = token_;
    if (!enter())
        return add(Kind::boolean, begin);
    Index result = Expression::no_node;
    if (accept(TokenKind::word_not)) {
        result = add(Kind::invert, begin);
        Index last = Expression::no_node;
        append(result, last, prefixed(), Operator::none);
    } else if (token_.kind == TokenKind::minus || token_.kind == TokenKind::plus) {
        result = sign();
    } else {
        result = value();
    }
    --depth_;
    return result;
}

Index Parser::sign() {
    Token const mark = token_;
    advance();
    bool const is_next = token_.text.data() == mark.text.data() + 1;
    if (token_.kind == TokenKind::integer && is_next) {
        Token const digits = token_;
        advance();
        return integer(digits, mark.text, mark.column);
    }
    if (mark.kind == TokenKind::plus) {
        expected("digits right after the sign +");
        return add(Kind::boolean, mark);
    }
    Index const result = add(Kind::negate, mark);
    Index last = Expression::no_node;
    append(result, last, prefixed(), Operator::none);
    return result;
}

Index Parser::integer(Token const& digits, std::string_view sign, std::uint32_t column) {
    Index const result = add(Kind::integer, digits);
    node(result).column = column;
    std::string const written = (sign == "-" ? "-" : "") + std::string(digits.text);
    auto const [rest, problem] =
        std::from_chars(written.data(), written.data() + written.size(), node(result).number);
    if (problem != std::errc{} || rest != written.data() + written.size())
        fault(column, "A whole number must be from -2147483648 to 2147483647.");
    return result;
}

Index Parser::value() {
    Token const begin = token_;
    switch (begin.kind) {
        case TokenKind::text:
            return pattern();
        case TokenKind::integer:
            advance();
            return integer(begin, "", begin.column);
        case TokenKind::word_true:
        case TokenKind::word_false: {
            advance();
            Index const result = add(Kind::boolean, begin);
            node(result).number = begin.kind == TokenKind::word_true ? 1 : 0;
            return result;
        }
        case TokenKind::open: {
            advance();
            Index const inner = operands(logic_level);
            expect(TokenKind::close, "an operator or )");
            return inner;
        }
        case TokenKind::word_exists: {
            advance();
            Token const name = token_;
            Index const result = add(Kind::exists, begin);
            if (expect(TokenKind::word, "the name of an attribute after EXISTS"))
                set_text(result, name.text, lower);
            return result;
        }
        default:
            return word();
    }
}

Index Parser::word() {
    Token const name = token_;
    if (name.kind != TokenKind::word && name.kind != TokenKind::function_word) {
        expected(
            "a value (an attribute, a number, a text in quotes, true, false, a function or ()");
        return add(Kind::boolean, name);
    }
    advance();
    if (token_.kind == TokenKind::open)
        return call(name);
    if (name.kind == TokenKind::function_word)
        expected("( after the function " + std::string(name.text.substr(0, 40)));
    Index const result = add(Kind::attribute, name);
    set_text(result, name.text, lower);
    return result;
}

Index Parser::call(Token const& name) {
    Index const result = add(Kind::call, name);
    if (std::ranges::any_of(name.text, [](char c) { return c >= '0' && c <= '9'; })) {
        fault(name.column, "The name of a function has letters and underscores only.");
        return result;
    }
    advance();
    set_text(result, name.text, upper);
    if (!accept(TokenKind::close))
        list(result, "an argument or )");
    node(result).function =
        find_function(expression_.text_of(node(result)), expression_.child_count(node(result)));
    return result;
}

Checked<Expression> Parser::take() {
    expression_.root = operands(logic_level);
    if (!fault_ && token_.kind != TokenKind::end)
        expected("an operator or the end");
    if (fault_)
        return std::unexpected(Faults{std::move(*fault_)});
    expression_.nodes.shrink_to_fit();
    expression_.texts.shrink_to_fit();
    return std::move(expression_);
}

}  // namespace

Checked<Expression> parse(std::string_view text) {
    if (text.size() > expression_bytes_max)
        return std::unexpected(Faults{{"column 1", "The expression is longer than 16 KiB."}});
    return Parser(text).take();
}

}  // namespace millrace::cesql
