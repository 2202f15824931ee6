// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/system/system_follower.hpp"

namespace millrace::configurator {

/// api/openapi.yaml, System. `certificate`: of the web page; nothing where there is none.
Json system_view(
    SystemFollower const& follower, std::optional<std::string> const& certificate_pem,
    SteadyTime now);

}  // namespace millrace::configurator
