// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/resource_store.hpp"
#include "runner/function.hpp"

namespace millrace::runner {

/// Gathers what a revision runs on: its ConfigMap's files, written below `folder` (read-only, named
/// by the ConfigMap), and the environment from values and Secrets. Errors: `not_found` naming the
/// missing ConfigMap or Secret, `invalid`, `storage`.
Task<Result<RevisionContent>> gather_content(
    ResourceStore& store, FunctionDefinition definition, std::filesystem::path folder);

}  // namespace millrace::runner
