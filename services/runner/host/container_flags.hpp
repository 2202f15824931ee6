// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace millrace::runner {

/// What the environment of a container says of its function (Knative's runtime contract: PORT,
/// K_SERVICE), as flags of `millrace-runner function`, then `given`: those on the command line.
/// What is given is not said twice. Knative's ingress tells functions apart by the host name, and
/// no browser reaches a pod past it: where there is a K_SERVICE any host name is answered to.
/// `variable` gives a variable's value, or nullptr. Pure.
std::vector<std::string> container_flags(
    std::vector<std::string> const& given, std::function<char const*(char const*)> const& variable);

}  // namespace millrace::runner
