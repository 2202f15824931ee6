// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace millrace {

/// This machine's; in a container of Kubernetes, the pod's. Empty where there is none.
std::string host_name();

}  // namespace millrace
