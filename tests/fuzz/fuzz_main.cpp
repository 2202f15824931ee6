// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.hpp"

/// libFuzzer's entry.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    millrace::fuzz::take({reinterpret_cast<char const*>(data), size});
    return 0;
}
