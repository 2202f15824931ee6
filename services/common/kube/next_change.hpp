// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/kube/resource_store.hpp"

namespace millrace {

/// The next change a watch tells. What stands in the way is logged, once a reason, and tried again
/// after 2 s: as long as nothing is known to have changed, nothing has. Nothing when the task is to
/// end.
Task<std::optional<WatchEvent>> next_change(Watch& watch);

}  // namespace millrace
