// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/like.hpp"

#include <random>

#include "tests/support/catch.hpp"

using namespace millrace::cesql;

namespace {

/// The definition, as slow as it is: what is_like must say, too. ASCII only.
bool is_like_slowly(std::string_view text, std::string_view pattern) {
    if (pattern.empty())
        return text.empty();
    if (pattern[0] == '%')
        return is_like_slowly(text, pattern.substr(1)) ||
               (!text.empty() && is_like_slowly(text.substr(1), pattern));
    if (text.empty())
        return false;
    bool const is_escaped =
        pattern.size() > 1 && pattern[0] == '\\' && (pattern[1] == '%' || pattern[1] == '_');
    if (is_escaped)
        return text[0] == pattern[1] && is_like_slowly(text.substr(1), pattern.substr(2));
    return (pattern[0] == '_' || pattern[0] == text[0]) &&
           is_like_slowly(text.substr(1), pattern.substr(1));
}

std::string some_of(std::string_view letters, std::size_t length, std::mt19937& random) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
        text += letters[random() % letters.size()];
    return text;
}

}  // namespace

TEST_CASE("CESQL LIKE: it is what its definition says") {
    std::mt19937 random(20261122);
    int matched = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string const pattern = some_of("ab%_\\", random() % 7, random);
        std::string const text = some_of("ab%_\\", random() % 7, random);
        INFO(text << " LIKE " << pattern);
        bool const is_one = is_like_slowly(text, pattern);
        REQUIRE(is_like(text, pattern) == is_one);
        matched += is_one ? 1 : 0;
    }
    CHECK(matched > 1000);
}

TEST_CASE("CESQL LIKE: all of the text must match, in its case") {
    CHECK(is_like("abc", "a%"));
    CHECK_FALSE(is_like("abc", "a"));
    CHECK_FALSE(is_like("abc", "b%"));
    CHECK_FALSE(is_like("abc", "A%"));
    CHECK(is_like("", ""));
    CHECK(is_like("", "%%"));
    CHECK_FALSE(is_like("a", ""));
    CHECK_FALSE(is_like("", "_"));
}

TEST_CASE("CESQL LIKE: an underscore is a character, not a byte") {
    CHECK(is_like("äö", "__"));
    CHECK_FALSE(is_like("ä", "__"));
    CHECK(is_like("x😀y", "x_y"));
    CHECK(is_like("aäöä", "%_ä"));
    CHECK_FALSE(is_like("ä", "%__"));
    CHECK(is_like("\xff\xfe", "__"));
}

TEST_CASE("CESQL LIKE: a backslash before a wildcard makes it a letter, any other is itself") {
    CHECK(is_like("50%", "50\\%"));
    CHECK_FALSE(is_like("505", "50\\%"));
    CHECK_FALSE(is_like("50\\", "50\\%"));
    CHECK(is_like("a\\c", "a\\c"));
    CHECK(is_like("a\\", "a\\"));
    CHECK(is_like("a\\%", "a\\\\%"));
}

TEST_CASE("CESQL LIKE: a pattern made to be slow takes no more than pattern times text") {
    std::string const text(8192, 'a');
    std::string pattern;
    for (int i = 0; i < 1000; ++i)
        pattern += "%a";
    CHECK_FALSE(is_like(text, pattern + "%b"));
    CHECK_FALSE(is_like(text, "%" + std::string(4000, 'a') + "b"));
    CHECK_FALSE(is_like(text, "%" + std::string(4000, '_') + "b"));
}
