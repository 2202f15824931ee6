// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace millrace {

/// How many threads our user runs now, in all processes: what the kernel compares with
/// RLIMIT_NPROC when one of them forks (getrlimit(2)). A desktop has thousands.
std::uint64_t count_threads_of_user();

}  // namespace millrace
