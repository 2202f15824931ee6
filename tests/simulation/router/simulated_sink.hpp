// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "router/delivery/delivery_machine.hpp"

namespace millrace::test {

/// How often, in a thousand requests, the sink does each unkind thing.
struct SinkFaults {
    unsigned busy = 0;               ///< 503, sometimes with Retry-After
    unsigned refused = 0;            ///< the connection breaks, nothing was taken
    unsigned accepted_silently = 0;  ///< it was taken, but the answer never comes
    unsigned slow = 0;               ///< the answer takes up to 5 s
    bool announces_batches = false;
    bool refuses_batches = false;  ///< 415, whatever it announces
};

/// Takes requests of the router and judges what becomes of them: by key in order of receipt.
class SimulatedSink {
public:
    SimulatedSink(std::mt19937_64& random, SinkFaults faults) : random_(random), faults_(faults) {}

    /// What comes back, and after how long; no answer: the connection broke or the time is up.
    struct Reply {
        std::optional<router::SinkAnswer> answer;
        nanoseconds after{0};
        bool was_taken = false;
    };
    Reply take(std::string_view request);
    void stop_faults();

    /// Refused for good by 400, or failed on by 500 for ever.
    std::set<std::int32_t> refused_keys;
    std::set<std::int32_t> failing_keys;
    bool down = false;
    std::vector<std::int32_t> receipts;
    std::size_t taken_silently = 0;
    std::set<std::int32_t> silent_keys;
    std::size_t injected = 0;

private:
    bool happens(unsigned per_mille);
    nanoseconds latency();

    std::mt19937_64& random_;
    SinkFaults faults_;
};

/// The keys of the events in a request that the simulation made.
std::vector<std::int32_t> keys_of(std::string_view request);

/// An event as a message that keys_of reads.
router::OutboundEvent message_of(
    std::int32_t key, SystemTime created, std::uint64_t entity, router::EventEncoding encoding);

}  // namespace millrace::test
