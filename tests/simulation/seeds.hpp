// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"

namespace millrace::test {

/// Calls `play` with each seed: the one that MILLRACE_SEED says; else MILLRACE_SEEDS, or
/// `count_by_default`, from a random one on. How long it took, in seconds. A check that fails says
/// which seed it was.
template <class Play>
double for_each_seed(std::uint64_t count_by_default, Play play) {
    log::configure("simulation", log::Level::error, log::Format::text);
    auto const only = environment_number("MILLRACE_SEED");
    // Faults by the thousand are logged; of one seed one wants to see them.
    if (!only)
        REQUIRE(std::freopen("/dev/null", "w", stderr) != nullptr);
    std::uint64_t const start = only.value_or(random_u64() % 1'000'000'000);
    std::uint64_t const count =
        only ? 1 : environment_number("MILLRACE_SEEDS").value_or(count_by_default);
    SteadyTime const began = steady_now();
    for (std::uint64_t seed = start; seed < start + count; ++seed) {
        INFO("MILLRACE_SEED=" << seed);
        play(seed);
    }
    return std::chrono::duration<double>(steady_now() - began).count();
}

}  // namespace millrace::test
