// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/lane_table.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace millrace::router {

std::size_t LaneTable::assign(std::uint64_t entity, std::size_t width) {
    MILLRACE_ASSERT(width > 0 && width <= loads_.size());
    auto const [at, is_new] = entities_.try_emplace(entity);
    // The first of equals: at a low rate one connection serves all.
    if (is_new)
        at->second.lane = static_cast<std::size_t>(
            std::ranges::min_element(loads_.begin(), loads_.begin() + std::ptrdiff_t(width)) -
            loads_.begin());
    ++at->second.pending;
    ++loads_[at->second.lane];
    return at->second.lane;
}

void LaneTable::release(std::uint64_t entity) {
    auto const at = entities_.find(entity);
    MILLRACE_ASSERT(at != entities_.end());
    --loads_[at->second.lane];
    if (--at->second.pending == 0)
        entities_.erase(at);
}

}  // namespace millrace::router
