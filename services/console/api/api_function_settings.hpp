// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// `functions/{name}/files`, `/env` and `/secrets`.
Task<HttpAnswer> handle_function_settings(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
