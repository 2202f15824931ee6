// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// `events`, `events/{seq}` and `event-types`: the broker answers in this API's schema.
Task<HttpAnswer> handle_events(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
