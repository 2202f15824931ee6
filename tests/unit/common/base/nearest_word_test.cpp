// SPDX-License-Identifier: Apache-2.0
#include "common/base/nearest_word.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace millrace {
namespace {

struct Example {
    std::string_view typed;
    std::string_view meant;  ///< "": nothing
};

TEST_CASE("Nearest word: up to three letters may be wrong, missing or too many") {
    constexpr std::array<std::string_view, 5> known = {"listen", "lanes", "state", "up", "part"};
    auto const example = GENERATE(
        Example{"listen", "listen"}, Example{"lisen", "listen"}, Example{"lanse", "lanes"},
        Example{"stateful", "state"}, Example{"statefully", ""}, Example{"u", "up"},
        Example{"zz", ""}, Example{"", ""}, Example{"word", ""}, Example{"prat", "part"});
    INFO(example.typed);
    CHECK(nearest_word(known, example.typed) == example.meant);
}

TEST_CASE("Nearest word: among none there is none") {
    CHECK(nearest_word({}, "state").empty());
}

}  // namespace
}  // namespace millrace
