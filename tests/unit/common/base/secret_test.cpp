// SPDX-License-Identifier: Apache-2.0
#include "common/base/secret.hpp"

#include <ostream>

#include "common/base/json.hpp"
#include "common/base/log.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

template <class T>
concept Streamed = requires(std::ostream& stream, T const& value) { stream << value; };

}  // namespace

// A log line, an answer and a message are all made of texts: what cannot become one cannot leak.
TEST_CASE("Secret: it has no way into a text but reveal()") {
    STATIC_REQUIRE_FALSE(Streamed<Secret>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Json, Secret>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<log::Field, std::string_view, Secret>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string_view>);
}

TEST_CASE("Secret: a text becomes one only where it is said") {
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
    CHECK(Secret("word").reveal() == "word");
}

TEST_CASE("Secret: it matches its own text alone") {
    Secret const secret("correct horse");
    CHECK(secret.matches("correct horse"));
    for (auto const* guess :
         {"", "correct hors", "correct horsf", "Correct horse", "correct horse ",
          "correct horse battery"}) {
        INFO(guess);
        CHECK_FALSE(secret.matches(guess));
    }
}

TEST_CASE("Secret: bytes of every kind count, a NUL too") {
    Secret const secret(std::string("a\0b\xff", 4));
    CHECK(secret.matches(std::string("a\0b\xff", 4)));
    CHECK_FALSE(secret.matches(std::string("a\0c\xff", 4)));
    CHECK_FALSE(secret.matches("a"));
}

TEST_CASE("Secret: an empty one is empty and matches the empty text") {
    Secret const none;
    CHECK(none.empty());
    CHECK(none.matches(""));
    CHECK_FALSE(none.matches("x"));
}

TEST_CASE("Secret: a copy is another one, and what it is assigned to forgets its own text") {
    Secret const first("one");
    Secret second("two and more");
    second = first;
    CHECK(second.reveal() == "one");
    CHECK(first.reveal() == "one");
    Secret const& same = second;
    second = same;
    CHECK(second.reveal() == "one");
}

TEST_CASE("Secret: what was moved from holds nothing, however short its text") {
    for (std::string const text :
         {"short", "long enough to be kept on the heap by every library"}) {
        Secret from(text);
        Secret to(std::move(from));
        CHECK(from.empty());  // NOLINT(bugprone-use-after-move): it is what is asked
        CHECK(to.reveal() == text);
        Secret last("what was there");
        last = std::move(to);
        CHECK(to.empty());  // NOLINT(bugprone-use-after-move): it is what is asked
        CHECK(last.reveal() == text);
    }
}
