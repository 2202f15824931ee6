// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/lane_table.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace millrace::router {
namespace {

/// More than any lane has to do.
constexpr std::uint32_t avoided_load = 1U << 30;

}  // namespace

/// The first of equals: at a low rate one connection serves all.
std::size_t LaneTable::least_loaded(std::size_t width) const {
    auto const end = loads_.begin() + static_cast<std::ptrdiff_t>(width);
    return static_cast<std::size_t>(std::ranges::min_element(loads_.begin(), end) - loads_.begin());
}

std::size_t LaneTable::assign(std::uint64_t entity, std::size_t width) {
    MILLRACE_ASSERT(width > 0 && width <= loads_.size());
    auto const [at, is_new] = entities_.try_emplace(entity);
    if (is_new) {
        std::size_t const lane = least_loaded(width);
        bool const is_avoided = loads_[lane] >= avoided_load;
        at->second.lane = is_avoided ? least_loaded(loads_.size()) : lane;
    }
    ++at->second.pending;
    ++loads_[at->second.lane];
    return at->second.lane;
}

std::optional<std::size_t> LaneTable::move(std::uint64_t entity) {
    auto const at = entities_.find(entity);
    MILLRACE_ASSERT(at != entities_.end());
    Assigned& assigned = at->second;
    std::size_t const lane = least_loaded(loads_.size());
    if (lane == assigned.lane || loads_[lane] >= avoided_load)
        return std::nullopt;
    auto const events = static_cast<std::uint32_t>(assigned.pending);
    loads_[assigned.lane] -= events;
    loads_[lane] += events;
    assigned.lane = lane;
    return lane;
}

void LaneTable::release(std::uint64_t entity) {
    auto const at = entities_.find(entity);
    MILLRACE_ASSERT(at != entities_.end());
    --loads_[at->second.lane];
    if (--at->second.pending == 0)
        entities_.erase(at);
}

void LaneTable::avoid(std::size_t lane, bool avoided) {
    std::uint32_t& load = loads_.at(lane);
    MILLRACE_ASSERT((load >= avoided_load) != avoided);
    load += avoided ? avoided_load : -avoided_load;
}

}  // namespace millrace::router
