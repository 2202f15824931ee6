// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"

namespace millrace {

/// Whether both say the same: the order of members, which Json keeps and compares, means nothing.
bool says_the_same(Json const& left, Json const& right);

}  // namespace millrace
