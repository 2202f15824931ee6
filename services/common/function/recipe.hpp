// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/kube/resource.hpp"

namespace millrace {

/// The label that names a Service's runtime; Services without it are not ours.
inline constexpr char const* runtime_label = "millrace.dev/runtime";
/// Annotation of a Service made from a recipe: the recipe's id.
inline constexpr char const* recipe_annotation = "millrace.dev/recipe";

/// A function's folder: function.yaml (a Knative Service and its Triggers), the handler and what
/// else it imports, README.md, secret.example.json, secret.simulator.json, test/*.json.
struct Recipe {
    std::string id;           ///< the folder's name
    std::string title;        ///< annotation millrace.dev/title
    std::string description;  ///< annotation millrace.dev/description
    std::string runtime;      ///< label millrace.dev/runtime
    std::string readme;
    std::map<std::string, std::string> files;   ///< what is mounted at /function
    std::map<std::string, std::string> secret;  ///< secret.example.json: key -> example
    /// secret.simulator.json: key -> which value of the simulator's GET /api/v1/connection fits.
    std::map<std::string, std::string> simulated_secret;
    Resource service;
    std::vector<Resource> triggers;
};

/// Reads one folder; all faults at once with file and line.
Checked<Recipe> load_recipe(std::filesystem::path const& folder);

/// The objects of one function, ready to be applied: code before Service before Triggers.
struct FunctionObjects {
    Resource code;
    Resource service;
    std::vector<Resource> triggers;
};

/// The function `name` made from a recipe: every object renamed, the Secret it reads is
/// "<name>-secret", the code ConfigMap is named by its content.
FunctionObjects make_function(Recipe const& recipe, ResourceName const& name);

/// The immutable ConfigMap "<function>-<hash>" of these files.
Resource make_code(ResourceName const& function, std::map<std::string, std::string> const& files);

/// Name of the ConfigMap that the Service mounts at /function, and the way to change it.
std::string code_name(Resource const& service);
void set_code_name(Resource& service, std::string const& name);

/// A Secret of these values (stringData becomes data, base64).
Resource make_secret(ResourceName const& name, SecretValues const& values);

}  // namespace millrace
