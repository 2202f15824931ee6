// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/lexer.hpp"

#include "tests/support/catch.hpp"

using namespace millrace::cesql;

namespace {

using Kind = Token::Kind;

std::vector<Kind> kinds_of(std::string_view text) {
    Lexer lexer(text);
    std::vector<Kind> kinds;
    for (Token token = lexer.next(); token.kind != Kind::end; token = lexer.next()) {
        kinds.push_back(token.kind);
        if (token.kind == Kind::wrong)
            break;
    }
    return kinds;
}

std::string problem_of(std::string_view text) {
    Lexer lexer(text);
    for (Token token = lexer.next(); token.kind != Kind::end; token = lexer.next())
        if (token.kind == Kind::wrong)
            return std::to_string(token.column) + ": " + lexer.problem();
    return "none";
}

std::string unquoted(std::string_view token) {
    std::string text;
    append_unquoted(text, token);
    return text;
}

}  // namespace

TEST_CASE("CESQL lexer: the longest sign wins, with and without white space") {
    std::vector<Kind> const all = {Kind::not_equal, Kind::not_equal,     Kind::less_equal,
                                   Kind::less,      Kind::greater_equal, Kind::greater,
                                   Kind::equal};
    CHECK(kinds_of("!=<><=< >=> =") == all);
    CHECK(kinds_of(" !=\t<>\r\n<= < >= > = ") == all);
    CHECK(
        kinds_of("(),+-*/%") == std::vector<Kind>{
                                    Kind::open, Kind::close, Kind::comma, Kind::plus, Kind::minus,
                                    Kind::star, Kind::slash, Kind::percent});
}

TEST_CASE("CESQL lexer: keywords are keywords in any case, and only as whole words") {
    CHECK(
        kinds_of("and OR xOr Not LIKE in EXISTS tRuE false") ==
        std::vector<Kind>{
            Kind::word_and, Kind::word_or, Kind::word_xor, Kind::word_not, Kind::word_like,
            Kind::word_in, Kind::word_exists, Kind::word_true, Kind::word_false});
    CHECK(kinds_of("android nothing in1") == std::vector<Kind>(3, Kind::word));
}

TEST_CASE("CESQL lexer: digits are a number, with a letter a word, with an underscore a function") {
    CHECK(
        kinds_of("123 1a a1 IS_INT") ==
        std::vector<Kind>{Kind::integer, Kind::word, Kind::word, Kind::function_word});
    CHECK(problem_of("a IS_2").find("3: \"IS_2\" is neither an attribute") == 0);
    CHECK(problem_of("_a").find("1: \"_a\" is neither") == 0);
}

TEST_CASE("CESQL lexer: a text ends at its own quote that no backslash stands before") {
    CHECK(kinds_of(R"('a"b' "a'b" '' "")") == std::vector<Kind>(4, Kind::text));
    CHECK(kinds_of(R"('a\'b' "a\"b" 'a\\')") == std::vector<Kind>(3, Kind::text));
    CHECK(problem_of("a = 'b") == "5: The text that begins here has no closing '.");
    CHECK(problem_of(R"('a\')") == "1: The text that begins here has no closing '.");
    CHECK(problem_of("\"") == "1: The text that begins here has no closing \".");
}

TEST_CASE("CESQL lexer: of a text only its own quote is unescaped") {
    CHECK(unquoted(R"('a"b\'c')") == R"(a"b'c)");
    CHECK(unquoted(R"("a'b\"c")") == R"(a'b"c)");
    CHECK(unquoted(R"('a\"b')") == R"(a\"b)");
    CHECK(unquoted(R"('a\\b\%\n')") == R"(a\\b\%\n)");
    CHECK(unquoted("''").empty());
}

TEST_CASE("CESQL lexer: columns count characters, not bytes") {
    Lexer lexer("'äöü€😀' = x");
    CHECK(lexer.next().column == 1);
    CHECK(lexer.next().column == 9);
    CHECK(lexer.next().column == 11);
}

TEST_CASE("CESQL lexer: what means nothing is told with its place, for ever") {
    CHECK(problem_of("a = b;") == "6: \";\" has no meaning here.");
    CHECK(problem_of("a ä") == "3: \"ä\" has no meaning here.");
    CHECK(problem_of("\xff") == "1: \"\xef\xbf\xbd\" has no meaning here.");
    CHECK(problem_of(std::string_view("a\0b", 3)).find("2: ") == 0);
    Lexer lexer("!");
    CHECK(lexer.next().kind == Kind::wrong);
    CHECK(lexer.next().kind == Kind::wrong);
}
