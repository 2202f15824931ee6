// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/kube/resource_store.hpp"

namespace millrace {

/// Has `objects`, sorted by name, follow what a watch tells. One that cannot be read stays as it
/// was: an error is no deletion. Pure.
void keep(std::vector<Resource>& objects, WatchEvent event);

}  // namespace millrace
