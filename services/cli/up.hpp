// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace::cli {

/// `millrace up`: all services on this machine, until Ctrl-C. Returns the exit code: 0 stopped,
/// 1 a service could not be started, 2 bad flags.
int run_up(std::vector<std::string> const& command_line);

}  // namespace millrace::cli
