// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// API schema Overview, of the last `minutes`; a service that cannot be asked is part of it.
/// `sources` are API schema Source.
Task<Json> make_overview(
    ApiContext& context, FunctionFacts facts, Json sources, std::int64_t minutes);

/// `overview`.
Task<HttpAnswer> handle_overview(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
