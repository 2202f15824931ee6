// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// POST `functions`: all objects of one function, or none.
Task<HttpAnswer> create_function(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
