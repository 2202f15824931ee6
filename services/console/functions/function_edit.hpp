// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <ranges>
#include <set>
#include <string>

#include "common/base/field_fault.hpp"
#include "common/kube/resource.hpp"

namespace millrace::console {

/// Files of a function as API and ConfigMap have them: name -> content.
using FileMap = std::map<std::string, std::string>;

/// The file the runtime calls: handler.py, handler.sh or handler.ps1.
std::string handler_file(std::string const& runtime);

/// Reads FilesPut; faults point into the body.
FileMap files_from_json(Json const& body, std::string const& runtime, FieldFaults& faults);
/// API schema Files, the handler first.
Json files_to_json(FileMap const& files, std::string const& runtime, std::string const& revision);
FileMap files_of(Resource const& code);

/// The plain settings of a Service's container in their order; and the same replaced, with what
/// comes from Secrets left alone.
Json env_of(Resource const& service);
void set_env(Resource& service, std::map<std::string, std::string> const& values);

/// Reads EnvList into an ordered list of names and values.
std::map<std::string, std::string> env_from_json(Json const& body, FieldFaults& faults);
/// Reads a StringMap at `at` ("/env").
std::map<std::string, std::string> map_from_json(
    Json const* value, std::string const& at, FieldFaults& faults);
/// The same of a StringMap of secrets.
SecretValues secrets_from_json(Json const* value, std::string const& at, FieldFaults& faults);

/// A name that stands in both is a fault at `at` + "/" + name: which of the two the function would
/// see is nothing to guess.
void check_names_apart(
    std::set<std::string> const& settings, std::set<std::string> const& secrets,
    std::string const& at, FieldFaults& faults);

template <class Value>
std::set<std::string> names_of(std::map<std::string, Value> const& values) {
    auto const names = std::views::keys(values);
    return {names.begin(), names.end()};
}

/// What the names of our images begin with as scripts/build-images makes them and recipes have
/// them.
inline constexpr char const* built_image_prefix = "dev.local/millrace";

/// Has an image of ours come from where it was pushed to: `prefix`, such as
/// registry.example.com/millrace. Others stay.
void set_image_prefix(Resource& service, std::string const& prefix);

/// Whether a Secret may be missing.
enum class SecretNeed { required, optional };

/// Makes sure that the Service reads all keys of this Secret; true if it had to be changed.
bool ensure_secret(
    Resource& service, std::string const& secret, SecretNeed need = SecretNeed::required);

/// Lower-case letters, digits and '-', a letter first, at most 50; not "new", a page of the
/// console.
bool is_function_name(std::string_view name);
bool is_variable_name(std::string_view name);

}  // namespace millrace::console
