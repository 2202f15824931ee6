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
    /// Throws when it does not become ready within 60 s. `subscriber_port` 0: no trigger.
    BrokerUnderLoad(std::filesystem::path folder, std::uint16_t subscriber_port);
    ~BrokerUnderLoad();

    std::uint16_t port() const { return port_; }
    CpuTimes cpu() const;
    /// Peak resident memory in MiB.
    double peak_mib() const;

private:
    void write_objects(std::uint16_t subscriber_port) const;
    void spawn();
    Task<bool> is_ready();
    Task<void> wait_until_ready();

    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t pid_ = 0;
};

}  // namespace millrace::bench
