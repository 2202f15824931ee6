// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <queue>

#include "router/source/feed_machine.hpp"
#include "router/vcenter/vcenter_session.hpp"
#include "tests/simulation/router/simulated_folder.hpp"
#include "tests/simulation/router/simulated_sink.hpp"
#include "tests/simulation/router/simulated_vcenter.hpp"

namespace millrace::test {

/// The router's own machines (FeedMachine with window, lanes, keeper, checkpoint file and dead
/// letters; VcenterSession) performed on a simulated clock, network and disk: what SourceFeed and
/// VcenterReader do with sockets and threads.
class SimulatedRouter {
public:
    SimulatedRouter(
        std::mt19937_64& random, SimulatedVcenter& vcenter, SimulatedSink& sink,
        SimulatedFolder& folder);

    /// Lets time pass to `until`, and everything happen that is due till then. Ends early if the
    /// process crashed in a write.
    void run_until(nanoseconds until);
    nanoseconds now() const { return now_; }
    /// kill -9 and a new start: only the disk is left.
    void restart();
    bool is_running() const { return process_ != nullptr; }

    /// Keys the sink has taken of which the disk may know nothing if the process ends now.
    std::size_t unknown_if_killed() const { return in_flight_taken_ + noted_; }
    /// Keys the sink has taken and said so in the last `time` of this process's life.
    std::size_t answered_within(nanoseconds time) const;
    /// Whether the start position has been written down.
    bool has_begun() const;
    bool is_idle() const;
    router::SourceReport report() const;
    router::DeliveryWindow const& window() const { return process_->feed.window(); }

private:
    struct Process {
        Process(SimulatedFolder& folder, Telemetry& telemetry);
        router::FeedMachine feed;
        router::VcenterSession session;
        std::vector<char> resting;  ///< by lane
        bool reader_waits_for_room = false;
        bool flush_planned = false;
        nanoseconds save_planned{-1};
    };
    struct Due {
        nanoseconds at;
        std::uint64_t number;
        std::uint64_t life;
        std::function<void()> act;
        bool operator>(Due const& other) const {
            return at != other.at ? at > other.at : number > other.number;
        }
    };

    SteadyTime steady() const { return SteadyTime(now_); }
    router::Moment moment() { return {steady(), vcenter_.now(), random_()}; }
    void plan(nanoseconds after, std::function<void()> act);
    void start();
    void read();
    void read_ended(router::VcenterSession::Outcome outcome);
    router::VcenterSession::Outcome perform(router::VcenterSession::Action action);
    router::VcenterSession::Outcome begin_history();
    router::VcenterSession::Outcome read_page();
    void pump(std::size_t lane);
    void send(std::size_t lane, std::string_view request);
    void after_attempt();
    void plan_save();
    void save();

    std::mt19937_64& random_;
    SimulatedVcenter& vcenter_;
    SimulatedSink& sink_;
    SimulatedFolder& folder_;
    Telemetry telemetry_;
    nanoseconds now_{0};
    std::uint64_t life_ = 0;
    std::uint64_t planned_ = 0;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::unique_ptr<Process> process_;
    std::size_t in_flight_taken_ = 0;
    std::size_t noted_ = 0;
    std::vector<std::pair<nanoseconds, std::size_t>> answered_;
};

}  // namespace millrace::test
