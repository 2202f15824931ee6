// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::cesql {

struct Function;

/// A parsed expression: a tree in one list, whose nodes name each other by number, so that neither
/// a copy nor its end recurses. Never changed after parse().
struct Expression {
    enum class Kind : std::uint8_t {
        boolean,    ///< number: 0 or 1
        integer,    ///< number
        text,       ///< the literal or, behind `like` and `not_like`, the pattern
        attribute,  ///< text: its name in lower case
        exists,     ///< text: the attribute's name
        negate,     ///< minus: one child
        invert,     ///< NOT: one child
        chain,  ///< operands of one precedence from left to right, each with what stands before it
        logic,  ///< operands of AND, OR and XOR, grouped from right to left
        set,    ///< what stands behind IN
        call,   ///< text: the function's name in upper case; the children are its arguments
    };
    enum class Operator : std::uint8_t {
        none,  ///< the first operand
        like,
        not_like,
        in,
        not_in,
        multiply,
        divide,
        remainder,
        add,
        subtract,
        equal,
        not_equal,
        less,
        less_equal,
        greater,
        greater_equal,
        logic_and,
        logic_or,
        logic_xor,
    };
    using Index = std::uint32_t;
    static constexpr Index no_node = UINT32_MAX;

    struct Node {
        Kind kind = Kind::boolean;
        Operator before = Operator::none;  ///< between the operand to the left and this one
        std::uint32_t column = 1;          ///< 1-based, in characters: where it begins
        Index first_child = no_node;
        Index next = no_node;  ///< the sibling to the right
        std::int32_t number = 0;
        std::uint32_t text_at = 0;
        std::uint32_t text_bytes = 0;
        Function const* function = nullptr;  ///< of a call; nullptr: there is none
    };

    std::vector<Node> nodes;
    std::string texts;  ///< of all nodes, one behind the other
    Index root = 0;

    std::string_view text_of(Node const& node) const {
        return std::string_view(texts).substr(node.text_at, node.text_bytes);
    }
    std::size_t child_count(Node const& node) const;
};

/// Calls of functions that do not exist or take another number of arguments, each with its column:
/// parse() accepts them, as the TCK wants it, and evaluating one is a missing_function error.
Faults call_faults(Expression const& expression);

}  // namespace millrace::cesql
