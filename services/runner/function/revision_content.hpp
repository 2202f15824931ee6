// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "common/base/secret.hpp"
#include "common/kube/resource_store.hpp"
#include "runner/function/function_definition.hpp"

namespace millrace::runner {

/// What a revision runs on, gathered from the store: the code's folder and the whole environment.
struct RevisionContent {
    FunctionDefinition definition;
    std::filesystem::path code_folder;
    std::map<std::string, Secret> environment;
    std::set<std::string> secret_variables;  ///< those of the environment that Secrets set

    bool operator==(RevisionContent const& other) const;
};

/// Gathers it: the ConfigMap's files, below `folder` in a folder named by their content, written
/// only if that is not there yet (`write_code`), and the environment from values and Secrets.
/// Errors: `not_found` naming the missing ConfigMap or Secret, `invalid`, `storage`.
Task<Result<RevisionContent>> gather_content(
    ResourceStore& store, FunctionDefinition definition, std::filesystem::path folder);

/// Writes the files of a ConfigMap once: the folder appears whole or not at all. Returns it.
/// Errors: `invalid` when a key is no file name; `storage`.
Result<std::filesystem::path> write_code(Resource const& code, std::filesystem::path const& folder);

/// Removes what stands in `folder` beside the folders of `kept`; what cannot be removed is logged.
void remove_code_beside(
    std::filesystem::path const& folder, std::vector<std::filesystem::path> const& kept);

}  // namespace millrace::runner
