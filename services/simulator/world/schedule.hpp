// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "common/base/clock.hpp"

namespace millrace::simulator {

/// What is to happen later, by time. Pure: the owner says what time it is.
class Schedule {
public:
    using Step = std::function<void(SystemTime now)>;

    void at(SystemTime due, Step step) { steps_.emplace(due, std::move(step)); }

    /// Runs what is due, in order of time, also what a step adds for a time not after `now`.
    void run_until(SystemTime now) {
        while (!steps_.empty() && steps_.begin()->first <= now) {
            auto const [due, step] = std::move(*steps_.begin());
            steps_.erase(steps_.begin());
            step(now);
        }
    }

    std::optional<SystemTime> next() const {
        if (steps_.empty())
            return std::nullopt;
        return steps_.begin()->first;
    }

private:
    std::multimap<SystemTime, Step> steps_;
};

}  // namespace millrace::simulator
