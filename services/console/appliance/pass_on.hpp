// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/service/service.hpp"
#include "console/appliance/configurator_client.hpp"

namespace millrace::console {

/// The configurator's answer to a request whose path begins with `prefix`: what is behind that is
/// its path below /api/v1/. 503 where it does not answer.
Task<HttpAnswer> pass_on(
    ConfiguratorClient& configurator, HttpRequest const& request, std::string_view prefix);

}  // namespace millrace::console
