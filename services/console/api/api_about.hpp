// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/api/api_context.hpp"
#include "console/files/bill.hpp"

namespace millrace::console {

/// What Millrace runs as.
enum class Installation { local, cluster, appliance };

/// `about`, `about/bill-of-materials` and `about/licences`.
Task<HttpAnswer> handle_about(
    ApiContext& context, ApiRequest const& request, Bill const& bill, Installation installation);

}  // namespace millrace::console
