// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// `functions` and below.
Task<HttpAnswer> handle_functions(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
