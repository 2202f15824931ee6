// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "simulator/datacentre/simulation.hpp"

namespace millrace::simulator {

struct StoryOptions {
    std::uint64_t seed = 1;
    double rate = 1;  ///< events per second of everyday life, about
};

/// Everyday life in the data centre, so that there is something to see from the first second:
/// people and services log in and out (60 %), tasks and alarms (30 %), virtual machines are
/// operated (10 %; the mix a large vCenter shows), and in between the chapters an
/// administrator knows: DRS moves a VM, a host is patched, a backup takes snapshots, an alarm turns
/// yellow, red and green. Pure: the same seed and times give the same story.
class Story {
public:
    /// `world` outlives this.
    Story(Simulation& world, StoryOptions options, SystemTime start);

    /// Does what is due by `now`.
    void advance(SystemTime now);
    /// When there is something to do next.
    SystemTime next() const;

private:
    void beat(SystemTime now);
    void log_someone_in_or_out(SystemTime now);
    void task_or_alarm(SystemTime now);
    void operate_vm(SystemTime now);

    void open(SystemTime start);
    void patch_a_host(SystemTime now);
    void finish_patching(std::string const& host, SystemTime now);
    void back_up(SystemTime now);
    void remove_snapshots(SystemTime now);
    void worry_about_a_host(SystemTime now);
    void set_alarm(std::string const& entity, AlarmColor color, SystemTime now);
    void balance(SystemTime now);

    void log_in(std::string_view who, std::string_view agent, SystemTime now);
    void log_out(std::string_view who, SystemTime now);
    void run(OperationKind kind, std::string target, std::string_view who, SystemTime now);
    std::string any_vm(PowerState power);
    std::uint64_t roll(std::uint64_t below) { return random_() % below; }

    Simulation& world_;
    StoryOptions options_;
    std::mt19937_64 random_;
    Schedule chapters_;
    SystemTime next_beat_;
    std::map<std::string, LoginFacts> present_;  ///< by name
    std::map<std::string, AlarmColor> alarms_;   ///< by entity
    std::size_t hosts_patched_ = 0;
};

}  // namespace millrace::simulator
