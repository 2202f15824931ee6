// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/clock.hpp"

namespace millrace::bench {

/// What one run of posts gave.
struct LoadResult {
    std::uint64_t answered = 0;  ///< with 202
    std::uint64_t refused = 0;   ///< with anything else
    double seconds = 0;
};

/// Posts `events` events over `connections` keep-alive connections, each sending the next request
/// when the former is answered: one event in binary mode, or a batch as the router sends it. Raw
/// sockets, requests written in advance but for the id: the generator must not be the limit. `port`
/// on 127.0.0.1. Throws on a broken connection.
struct LoadOptions {
    std::uint16_t port = 0;
    std::uint64_t events = 0;
    unsigned connections = 64;
    unsigned batch = 1;        ///< events a request
    unsigned entities = 1000;  ///< partition keys
};
LoadResult run_load(LoadOptions const& options);

/// The data of a typical vSphere event, 784 bytes of JSON with `name` in its text.
std::string sample_data(std::string const& name);

/// A subscriber on a thread of its own that answers 202 to everything and counts.
class CountingSink {
public:
    CountingSink();
    ~CountingSink();
    std::uint16_t port() const;
    std::uint64_t count() const;
    /// Waits until `count` events have come; false if they have not within `limit`.
    bool wait_for(std::uint64_t count, nanoseconds limit);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::bench
