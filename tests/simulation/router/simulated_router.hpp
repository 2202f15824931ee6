// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <set>

#include "router/checkpoint/checkpoint_codec.hpp"
#include "router/delivery/delivery_policy.hpp"
#include "tests/simulation/router/simulated_vcenter.hpp"

namespace millrace::test {

/// What the sink does with one attempt.
enum class SinkAnswer { accepted, busy, accepted_but_silent };

/// The router's decisions (session, progress, retry, checkpoint codec) without its sockets: lanes
/// are queues, the disk is a string that survives a crash.
class SimulatedRouter {
public:
    using Sink = std::function<SinkAnswer(SimulatedEvent const&)>;

    SimulatedRouter(SimulatedVcenter& vcenter, std::mt19937_64& random, Sink sink);

    /// One action of the session and one attempt of each lane.
    void step();
    /// kill -9 and a new start: only the disk is left.
    void crash();
    std::size_t in_flight() const { return progress_->unsettled(); }

private:
    static constexpr std::size_t lane_count = 8;
    static constexpr std::size_t page_size = 50;
    static constexpr std::size_t window = 100;

    struct Waiting {
        std::uint64_t position = 0;
        SimulatedEvent event;
        unsigned attempts = 0;
    };
    router::VcenterSession::Outcome perform(router::VcenterSession::Action action);
    router::VcenterSession::Outcome read_page();
    void attempt(std::deque<Waiting>& lane);
    void save();
    void load();

    SimulatedVcenter& vcenter_;
    std::mt19937_64& random_;
    Sink sink_;
    std::string disk_;
    std::uint64_t generation_ = 0;
    std::uint32_t tail_index_ = 0;
    std::optional<router::Progress> progress_;
    router::VcenterSession session_;
    std::vector<std::deque<Waiting>> lanes_{lane_count};
};

}  // namespace millrace::test
