// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "common/kube/resource.hpp"

namespace millrace {

/// What `check` finds wrong with the objects of `kind` that a DirectoryStore keeps under `root`,
/// each place preceded by the object's file. Objects that cannot be read at all are passed over.
Faults check_objects(
    std::filesystem::path const& root, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check);

}  // namespace millrace
