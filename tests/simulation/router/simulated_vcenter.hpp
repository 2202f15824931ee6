// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "common/base/clock.hpp"
#include "router/vcenter/vcenter_session.hpp"

namespace millrace::test {

struct SimulatedEvent {
    std::int32_t key = 0;
    SystemTime created;
    std::uint32_t entity = 0;
};

/// How often, in a thousand calls, vCenter does each unkind thing.
struct VcenterFaults {
    unsigned session_ends = 0;
    unsigned collector_dies = 0;
    unsigned unreachable = 0;
    unsigned collector_goes_silent = 0;
};

/// A vCenter without sockets: a growing list of events and a collector that reads it. Equal
/// timestamps and events whose time lies up to 2 s before their predecessor's occur, and its clock
/// is set back and forth (fault F11).
class SimulatedVcenter {
public:
    static constexpr std::int32_t first_key = 1'000;

    SimulatedVcenter(std::mt19937_64& random, VcenterFaults faults)
        : random_(random),
          faults_(faults) {}

    void pass(nanoseconds time) { now_ += time; }
    /// Some events happen; most at their own time, some at one.
    void happen(unsigned events);
    /// By a few seconds: a collector overlaps by ten.
    void step_clock();
    SystemTime now() const { return now_; }
    std::vector<SimulatedEvent> const& history() const { return history_; }
    SimulatedEvent const& event_of(std::int32_t key) const {
        return history_[static_cast<std::size_t>(key - first_key)];
    }
    void stop_faults() { faults_ = {}; }
    std::size_t faults_injected() const { return injected_; }

    using Outcome = router::VcenterSession::Outcome;
    /// A fault that hits the call about to be made, if any.
    std::optional<Outcome> fault();
    void create_collector(SystemTime begin);
    /// The next events of the collector, at most `count`.
    std::vector<SimulatedEvent> read(std::size_t count);
    /// Whether the collector's latest page follows the history: what WaitForUpdatesEx looks at.
    bool shows_latest_page() const { return !silent_; }
    std::int32_t latest_key() const { return history_.empty() ? 0 : history_.back().key; }
    SystemTime latest_created() const {
        return history_.empty() ? SystemTime() : history_.back().created;
    }

private:
    bool happens(unsigned per_mille);

    std::mt19937_64& random_;
    VcenterFaults faults_;
    SystemTime now_ = SystemTime(std::chrono::hours(500'000));
    seconds stepped_{0};
    std::vector<SimulatedEvent> history_;
    bool collector_ = false;
    bool silent_ = false;
    SystemTime begin_;
    std::size_t cursor_ = 0;
    std::size_t injected_ = 0;
};

}  // namespace millrace::test
