// SPDX-License-Identifier: Apache-2.0
#include "common/kube/next_change.hpp"

#include "common/base/log.hpp"

namespace millrace {
namespace {

constexpr milliseconds pause = 2s;

}  // namespace

Task<std::optional<WatchEvent>> next_change(Watch& watch) {
    std::string told;
    for (;;) {
        auto event = co_await watch.next();
        if (event)
            co_return std::move(*event);
        if (event.error().code == ErrorCode::canceled)
            co_return std::nullopt;
        // Once a reason: a kind that is not served may stay so for as long as the store runs.
        if (std::exchange(told, event.error().detail) != event.error().detail)
            log::warn("Objects cannot be watched; tried again.", {{"error", told}});
        if (auto const slept = co_await sleep_for(pause); !slept)
            co_return std::nullopt;
    }
}

}  // namespace millrace
