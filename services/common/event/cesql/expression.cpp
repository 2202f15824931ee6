// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/expression.hpp"

#include "common/event/cesql/functions.hpp"

namespace millrace::cesql {

std::size_t Expression::child_count(Node const& node) const {
    std::size_t count = 0;
    for (Index child = node.first_child; child != no_node; child = nodes[child].next)
        ++count;
    return count;
}

Faults call_faults(Expression const& expression) {
    Faults faults;
    for (Expression::Node const& node : expression.nodes)
        if (node.kind == Expression::Kind::call && node.function == nullptr)
            faults.push_back(
                {"column " + std::to_string(node.column),
                 missing_function(expression.text_of(node), expression.child_count(node))});
    return faults;
}

}  // namespace millrace::cesql
