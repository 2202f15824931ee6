// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {

/// The JSON of a text that has some.
inline Json json(std::string_view text) {
    auto value = parse_json(text);
    REQUIRE(value);
    return std::move(*value);
}

}  // namespace millrace::test
