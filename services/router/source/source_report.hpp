// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.hpp"

namespace millrace::router {

/// What a person wants to know of a source.
struct SourceReport {
    std::string state;  ///< "Connecting", "Reading", "Waiting", "Failing", "SinkFailing"
    std::string problem;
    std::string api_version;
    /// What was wrong with the checkpoint at the start, and what came of it; empty: nothing.
    std::string checkpoint_note;
    /// The event the sink keeps failing on while it takes others, in words; empty: none.
    std::string blocked;
    SystemTime last_event_time;
    SystemTime low_water;
    /// Of the last event: from its time to the sink taking it.
    std::optional<milliseconds> lag;
    std::uint64_t received = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dead_lettered = 0;
    std::uint64_t duplicates_dropped = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t requests = 0;  ///< to the sink; fewer than events where it takes batches
    std::uint64_t retries = 0;
    std::size_t in_flight = 0;
    unsigned logins = 0;
};

}  // namespace millrace::router
