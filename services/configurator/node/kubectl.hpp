// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace::configurator {

/// kubectl as the node's administrator.
std::vector<std::string> kubectl(std::vector<std::string> words);

}  // namespace millrace::configurator
