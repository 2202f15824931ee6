// SPDX-License-Identifier: Apache-2.0
#include "common/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace millrace {

void assertion_failed(char const* condition, char const* file, int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace millrace
