// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.hpp"
#include "common/net/http_server.hpp"

namespace millrace::configurator {

/// What a request asks for that is none of api/openapi.yaml's: 404, or 405 with Allow. Nothing
/// where it is.
std::optional<HttpAnswer> check_route(HttpRequest const& request);

/// 422 with what is wrong with values of the form.
HttpAnswer invalid_form(Faults const& faults);

}  // namespace millrace::configurator
