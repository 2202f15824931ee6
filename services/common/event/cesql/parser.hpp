// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/event/cesql/expression.hpp"

namespace millrace::cesql {

inline constexpr std::size_t expression_bytes_max = 16 << 10;
/// Of parentheses, arguments, sets, NOT and minus in each other; a chain of operators is none.
inline constexpr int depth_max = 500;

/// Reads an expression: CESQL spec v1.0, section 2, and the precedences of 3.6. NOT and minus bind
/// closest, then LIKE and IN, * / %, + -, comparisons, AND OR XOR.
/// AND, OR and XOR have one precedence and are grouped from right to left, as the grammar of the
/// SDKs has it, so that a Trigger means here what it means on Knative: "a AND b OR c" is
/// "a AND (b OR c)". All others are grouped from left to right, and operands are evaluated so.
/// A sign right before digits is part of the number where a value can stand, else an operator.
/// Faults: the first thing that is wrong, `place` being "column 7" (1-based, in characters): a
/// character, word or text that is none, what was expected instead, an integer beyond 32 bits; or
/// an expression that is empty, over 16 KiB or nested deeper than 500.
Checked<Expression> parse(std::string_view text);

}  // namespace millrace::cesql
