// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::console {

/// The whole number that `text` is, digits alone; nothing for any other text.
inline std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.starts_with('-') || code != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

}  // namespace millrace::console
