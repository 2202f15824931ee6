// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include "common/net/task.hpp"

namespace millrace::test {

/// Runs `task` on `io` until it has ended; what it throws comes out here. Fails loudly (throws)
/// when the io_context runs dry before, or after `limit`.
inline void run_task(asio::io_context& io, Task<void> task, nanoseconds limit = 60s) {
    bool ended = false;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) {
        ended = true;
        failure = thrown;
    });
    io.restart();
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    while (!ended && steady_now() < deadline && io.run_one_until(deadline) > 0) {
    }
    if (failure)
        std::rethrow_exception(failure);
    if (!ended)
        throw std::runtime_error("The task did not end.");
}

}  // namespace millrace::test
