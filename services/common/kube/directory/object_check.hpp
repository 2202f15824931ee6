// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "common/kube/resource.hpp"

namespace millrace {

/// What is wrong with the objects of `kind` that a DirectoryStore keeps under `root`: those that
/// cannot be read (with file and line), and what `check` finds (with the object's file).
Faults check_objects(
    std::filesystem::path const& root, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check);

}  // namespace millrace
