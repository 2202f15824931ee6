// SPDX-License-Identifier: Apache-2.0
#include "common/base/line_splitter.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Lines: they are told apart however the bytes arrive") {
    LineSplitter splitter;
    CHECK(splitter.take("one\ntw") == std::vector<std::string>{"one"});
    CHECK(splitter.take("o\n\n") == std::vector<std::string>{"two", ""});
    CHECK(splitter.take("rest").empty());
    CHECK(splitter.rest() == "rest");
}

TEST_CASE("Lines: one without an end is cut at 8 KiB, the next one is whole") {
    LineSplitter splitter;
    CHECK(splitter.take(std::string(100'000, 'x')).empty());
    auto const lines = splitter.take(std::string(100'000, 'x') + "\nnext\n");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].size() == 8'192 + 3);
    CHECK(lines[1] == "next");
}
