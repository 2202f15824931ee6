// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>

#include "common/net/task.hpp"

namespace millrace {

/// A condition variable for coroutines of one thread: check what you wait for, then wait; nothing
/// can come between the two.
class AsyncSignal {
public:
    explicit AsyncSignal(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Wakes all that wait now.
    void notify() {
        for (auto& waiter : waiters_)
            waiter.cancel();
    }

    /// Returns after a notification. Errors: `canceled` when the task is to end.
    Task<Result<void>> wait() { return wait_until(SteadyTime::max()); }
    /// Returns after a notification or `limit`.
    Task<Result<void>> wait(nanoseconds limit) { return wait_until(steady_now() + limit); }
    Task<Result<void>> wait_until(SteadyTime limit);

    std::size_t waiting() const { return waiters_.size(); }

private:
    asio::any_io_executor executor_;
    std::list<asio::steady_timer> waiters_;
};

}  // namespace millrace
