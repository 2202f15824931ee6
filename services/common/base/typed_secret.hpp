// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/secret.hpp"

namespace millrace {

/// Whether a person types what standard input has.
bool is_typed();

/// Asks on standard error and reads a line of standard input, which does not appear while it is
/// typed.
Secret read_typed_secret(std::string const& question);

}  // namespace millrace
