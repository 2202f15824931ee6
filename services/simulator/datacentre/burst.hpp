// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "simulator/datacentre/simulation.hpp"

namespace millrace::simulator {

struct BurstRequest {
    std::uint64_t count = 1;
    double rate = 0;                     ///< events per second; 0: all at once
    std::uint32_t entities = 0;          ///< 0: all VMs; more than there are: invented ones, too
    std::string class_name = "EventEx";  ///< or a subclass of VmEvent
};

/// How far a burst has come.
struct BurstState {
    std::uint32_t run = 0;
    BurstRequest request;
    std::uint64_t emitted = 0;
    std::vector<std::string> entities;  ///< morefs, in the order they take turns
};

/// Makes many events fast. Entities take turns; each event carries the run's number and its
/// sequence number within its entity, so that a reader can prove completeness and order.
class Bursts {
public:
    static constexpr std::uint64_t count_max = 5'000'000;
    static constexpr std::uint32_t entities_max = 10'000;

    /// `world` outlives this.
    explicit Bursts(Simulation& world) : world_(world) {}

    BurstState const& start(BurstRequest request, SystemTime now);
    std::deque<BurstState> const& all() const { return states_; }

private:
    struct Plan {
        std::size_t state = 0;
        std::uint32_t series = 0;
        std::vector<std::uint32_t> contexts;
        SystemTime begun;
    };
    Plan make_plan(BurstState& state);
    void emit_until(Plan const& plan, std::uint64_t count, SystemTime now);
    void step(Plan plan, SystemTime now);

    Simulation& world_;
    std::deque<BurstState> states_;
};

}  // namespace millrace::simulator
