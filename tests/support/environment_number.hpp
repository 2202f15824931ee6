// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tests/support/catch.hpp"

namespace millrace::test {

/// The whole number in an environment variable, by which a longer run or a seed is asked for;
/// nothing where it is not set. Fails the test when it is no number.
inline std::optional<std::uint64_t> environment_number(char const* variable) {
    char const* const text = std::getenv(variable);
    if (text == nullptr)
        return std::nullopt;
    std::string_view const digits = text;
    std::uint64_t number = 0;
    auto const [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    INFO(variable << '=' << digits);
    REQUIRE(code == std::errc());
    REQUIRE(end == digits.data() + digits.size());
    return number;
}

}  // namespace millrace::test
