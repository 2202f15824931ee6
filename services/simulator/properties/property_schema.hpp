// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string_view>

#include "simulator/properties/property_spec.hpp"

namespace millrace::simulator {

/// Whether vSphere defines the first name of `path` for the class, served here or not. Of a class
/// that is not known here anything may be asked.
bool is_defined(std::string_view type, std::string_view path);

/// Errors: InvalidProperty for a path, InvalidArgument for a traversal that its class does not
/// have.
std::expected<void, SoapFault> check_defined(PropertyFilterSpec const& spec);

}  // namespace millrace::simulator
