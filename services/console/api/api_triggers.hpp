// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// `functions/{name}/triggers` and below.
Task<HttpAnswer> handle_triggers(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
