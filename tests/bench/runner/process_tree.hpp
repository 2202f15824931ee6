// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "common/base/clock.hpp"

namespace millrace::bench {

/// What a process and all it has started cost together.
struct TreeCost {
    nanoseconds cpu{0};  ///< user and system time of those that live (/proc/PID/stat)
    double pss_mib = 0;  ///< memory, what is shared counted in parts (/proc/PID/smaps_rollup)
};

TreeCost cost_of_tree(pid_t root);

}  // namespace millrace::bench
