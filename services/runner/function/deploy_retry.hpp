// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/backoff.hpp"

namespace millrace::runner {

/// When a revision that could not be started is tried again: after 1 s, then after twice as long
/// each time, at most 5 min, as the kubelet does with a container that cannot start. What kept it
/// from starting (no memory, no process, a service its module asks) may be over by then; code that
/// is wrong costs one start each 5 min. Pure.
class DeployRetry {
public:
    void failed(SteadyTime now) {
        ++failures_;
        next_ = now + backoff(failures_, first_delay, longest_delay);
    }
    /// It runs, or there is something else to start.
    void reset() { failures_ = 0; }

    bool failing() const { return failures_ > 0; }
    bool due(SteadyTime now) const { return failing() && now >= next_; }
    /// Pre: failing().
    SteadyTime next() const { return next_; }

    static constexpr milliseconds first_delay = 1s;
    static constexpr milliseconds longest_delay = 5min;

private:
    unsigned failures_ = 0;
    SteadyTime next_;
};

}  // namespace millrace::runner
