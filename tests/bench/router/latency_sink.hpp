// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>

#include "common/base/clock.hpp"

namespace millrace::bench {

struct SinkOptions {
    nanoseconds latency{0};      ///< from the last byte of a request to its answer
    std::int32_t first_key = 0;  ///< the events that count, by their ce-id
    std::int32_t last_key = 0;
    bool takes_batches = false;  ///< says so in its answers
};

/// What came, of the events that count.
struct SinkResult {
    std::uint64_t distinct = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;  ///< heads and bodies
    double seconds = 0;       ///< from the first to the last
};

/// An HTTP server on a thread of its own that answers 202 to every POST after a fixed time and
/// remembers which events came, alone or in batches. Plain epoll and few system calls: the
/// generator must not be the limit. Throws std::system_error if it cannot listen on 127.0.0.1.
class LatencySink {
public:
    explicit LatencySink(SinkOptions options);
    ~LatencySink();
    LatencySink(LatencySink const&) = delete;
    LatencySink& operator=(LatencySink const&) = delete;

    std::uint16_t port() const;
    /// Waits until every event that counts has come; false if they have not within `limit`.
    bool wait_for_all(nanoseconds limit);
    /// Ends the thread.
    SinkResult stop();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace millrace::bench
