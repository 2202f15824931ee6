// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace millrace::bench {

/// Makes a log of `events` events in `folder` (what a broker's --data is) directly through the
/// store, with its index, if it does not hold as many yet. Returns the seconds it took.
double build_history(std::filesystem::path const& folder, std::int64_t events);

/// Runs each kind of search over the log some times and prints one JSON line per kind.
void measure_searches(std::filesystem::path const& folder);

/// Waits until every event in a broker's folder is in its word index: what
/// is still to be done for accepted events is part of their cost.
void wait_until_indexed(std::filesystem::path const& folder);

}  // namespace millrace::bench
