// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/service_client.hpp"

namespace millrace::test {

/// A run of numbered events of the simulator, its entities taking turns.
struct Burst {
    std::int64_t count = 0;
    double rate = 0;  ///< events per second; 0: all at once
    std::int64_t entities = 0;
};

/// `api` is the URL of the simulator's control API.
Task<void> start_burst(ServiceClient& client, std::string api, Burst burst);
/// The entities of the newest burst, as `partitionkey` has them.
Task<std::vector<std::string>> burst_entities(ServiceClient& client, std::string api);
/// Waits until the simulator has emitted all events of all its bursts: only then is its ledger
/// whole. Fails the test after `limit`.
Task<void> wait_for_bursts(ServiceClient& client, std::string api, nanoseconds limit);

}  // namespace millrace::test
