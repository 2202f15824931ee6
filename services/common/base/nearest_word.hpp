// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace millrace {

/// The one of `known` that `word` is most likely a typing error of; "" where none is near.
std::string_view nearest_word(std::span<std::string_view const> known, std::string_view word);

}  // namespace millrace
