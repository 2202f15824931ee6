// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/assert.hpp"

/// What must hold for every input; libFuzzer keeps the input that breaks it.
#define FUZZ_HOLDS(condition) MILLRACE_ASSERT(condition)

namespace millrace::fuzz {

/// Cuts what is given into parts, a line each; the last part is the rest.
class Parts {
public:
    explicit Parts(std::string_view bytes) : rest_(bytes) {}

    std::string_view line() {
        std::string_view const part = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(part.size() < rest_.size() ? part.size() + 1 : rest_.size());
        return part;
    }
    std::uint8_t byte() {
        if (rest_.empty())
            return 0;
        auto const first = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }
    std::string_view rest() const { return rest_; }
    bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// The target of this program: reads one input.
void take(std::string_view bytes);

}  // namespace millrace::fuzz
