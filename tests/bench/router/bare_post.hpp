// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace millrace::bench {

/// CPU time, in us, of sending one prepared POST of `bytes` bytes on a kept connection and reading
/// its answer, and nothing else: 64 connections, one thread, one send and one recv each. What of
/// the router's figure is the system's share, on this machine at this minute. Posts `count` events
/// with the keys 1 to `count` to 127.0.0.1. Throws std::system_error.
double bare_post_us(std::uint16_t port, int cpu, std::int32_t count, std::size_t bytes);

}  // namespace millrace::bench
