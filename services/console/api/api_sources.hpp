// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"

namespace millrace::console {

/// API schema Source of each resource, VSphereSources, and of each source of another kind that the
/// router reports; `reports` is its answer, or why it gave none.
Json source_views(std::vector<Resource> const& resources, Result<Json> const& reports);

/// API schema Source, of every source. Errors: those of the store.
Task<Result<Json>> list_sources(ApiContext& context);

/// `sources`.
Task<HttpAnswer> handle_sources(ApiContext& context, ApiRequest const& request);

}  // namespace millrace::console
