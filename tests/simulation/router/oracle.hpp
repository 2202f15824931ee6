// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "tests/simulation/router/simulated_folder.hpp"
#include "tests/simulation/router/simulated_sink.hpp"
#include "tests/simulation/router/simulated_vcenter.hpp"

namespace millrace::test {

/// What one run showed.
struct Verdict {
    std::size_t emitted = 0;
    std::size_t lost = 0;
    std::size_t dead_lettered = 0;
    std::size_t duplicates = 0;
    std::size_t duplicates_allowed = 0;
    std::size_t out_of_order = 0;
};

/// Keys the sink has taken, from its receipt `first` on, that a router which starts with this disk
/// will send again.
std::set<std::int32_t> known_repeats(
    SimulatedFolder const& folder, SimulatedVcenter const& vcenter, SimulatedSink const& sink,
    std::size_t first);

/// Keys in the file of dead letters.
std::set<std::int32_t> dead_letters(SimulatedFolder const& folder);

/// Conservation and order of the events from index `first` of the history to before `end`.
/// duplicates_allowed is the caller's business.
Verdict judge(
    SimulatedFolder const& folder, SimulatedVcenter const& vcenter, SimulatedSink const& sink,
    std::size_t first, std::size_t end);

}  // namespace millrace::test
