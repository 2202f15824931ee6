// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace::bench {

/// Lets this process, and those it starts, run on one CPU only. False if the system refuses.
bool pin_to_cpu(int cpu);

/// A program whose cost is measured. Its output goes to a log file. Killed by the kernel if the
/// benchmark dies.
class MeasuredProcess {
public:
    /// `cpu` < 0: not pinned. Throws std::system_error if the system cannot start it.
    MeasuredProcess(
        std::vector<std::string> words, std::filesystem::path const& log_file, int cpu = -1);
    ~MeasuredProcess();
    MeasuredProcess(MeasuredProcess const&) = delete;
    MeasuredProcess& operator=(MeasuredProcess const&) = delete;

    /// CPU time of all its threads since it began, in ns (/proc/PID/task/*/schedstat).
    nanoseconds cpu_time() const;
    /// Peak resident memory in MiB (VmHWM).
    double peak_mib() const;
    /// SIGTERM, and waits for its end.
    void stop();

private:
    pid_t pid_ = 0;
};

}  // namespace millrace::bench
