// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// API schema Datacentre. Errors: those of the simulator.
Task<Result<Json>> read_datacentre(ApiContext& context);

/// `datacentre` and `datacentre/actions`.
Task<HttpAnswer> handle_datacentre(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
