// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "common/net/task.hpp"

namespace millrace::bench {

/// CPU seconds of a process, in all and by thread name.
struct CpuTimes {
    double total_s = 0;
    std::map<std::string, double> by_thread_s;
};

/// The real broker as a process, over a folder of its own.
class BrokerUnderLoad {
public:
    /// Throws when it does not become ready within 60 s. `subscriber_port` 0: no trigger that
    /// matches. `others`: triggers of filters that differ and match nothing.
    BrokerUnderLoad(
        std::filesystem::path folder, std::uint16_t subscriber_port, unsigned others = 0);
    ~BrokerUnderLoad();

    std::uint16_t port() const { return port_; }
    CpuTimes cpu() const;
    /// Waits until the broker has spent no CPU for half a second: what it does after its start
    /// (statuses, index) is over. Throws after 120 s.
    void wait_until_idle() const;
    /// Peak resident memory in MiB.
    double peak_mib() const;
    double resident_mib() const;
    /// Writes triggers number `first` up to `end` that match nothing, at once.
    void write_others(unsigned first, unsigned end) const;
    /// The longest wait for an answer while `begun` goes on until the broker has `triggers` of them
    /// in force: of a POST and of /healthz; and how long that took. Throws after 60 s.
    struct Burst {
        double in_force_s = 0;
        double post_wait_ms = 0;
        double probe_wait_ms = 0;
    };
    Burst burst(unsigned triggers);

private:
    void write_objects(std::uint16_t subscriber_port) const;
    Task<Burst> measure_burst(unsigned triggers);
    Task<std::size_t> triggers_in_force();
    void spawn();
    Task<bool> is_ready();
    Task<void> wait_until_ready();

    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t pid_ = 0;
};

}  // namespace millrace::bench
