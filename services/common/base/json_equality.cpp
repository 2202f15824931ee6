// SPDX-License-Identifier: Apache-2.0
#include "common/base/json_equality.hpp"

#include <algorithm>

namespace millrace {

bool says_the_same(Json const& left, Json const& right) {
    if (left.is_array() && right.is_array())
        return std::ranges::equal(left, right, says_the_same);
    if (!left.is_object() || !right.is_object())
        return left == right;
    if (left.size() != right.size())
        return false;
    for (auto const& [name, value] : left.items()) {
        auto const found = right.find(name);
        if (found == right.end() || !says_the_same(value, *found))
            return false;
    }
    return true;
}

}  // namespace millrace
