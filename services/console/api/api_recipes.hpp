// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// `recipes` and `recipes/{id}`.
Task<HttpAnswer> handle_recipes(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
