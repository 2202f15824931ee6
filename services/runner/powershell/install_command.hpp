// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace::runner {

/// `millrace-runner install-powershell [--archive FILE] ...`: install_powershell() as a program,
/// for `millrace up` and for whoever makes an image. Prints
/// {"version","sha256","program","folder"}. Exit code: 0, 1 when it cannot be installed, 2 bad
/// input; the reason is on standard error.
int run_install_command(std::vector<std::string> const& command_line);

}  // namespace millrace::runner
