// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/resource.hpp"

namespace millrace::router {

/// What its state is called, and the reason for its not being Ready.
inline constexpr std::string_view unread_state = "NotSupportedYet";

/// The status of a source whose kind this version does not read: not Ready, with what to do
/// meanwhile. Of `basis`, what it shows now, only the time of Ready is kept: whatever else it says
/// is of one that was read. Pure.
Json unread_status(Json const& basis, std::int64_t generation, ResourceKind const& kind);

}  // namespace millrace::router
