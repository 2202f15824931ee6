// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/base/json.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// Where all that the form asks for is: VMware's name of it.
inline constexpr auto functions_namespace = "vmware-functions";

/// Of an object there, which says whose it is.
Json object_metadata(std::string const& name);

/// Of the type "basic-auth" where it has two values (kubernetes.io, "Types of Secret").
Json secret_object(std::string const& name, std::map<std::string, std::string> const& values);

/// Objects as a list in JSON, which YAML is, to kubectl's input: passwords are among them.
Program apply_objects(Json objects);

}  // namespace millrace::configurator
