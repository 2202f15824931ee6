// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/secret.hpp"

namespace millrace::cli {

/// Asks on the terminal without showing what is typed; whatever ends the wait (Ctrl-C too), the
/// terminal shows again what is typed. Throws StartupError without a terminal or with an empty
/// password.
Secret ask_password(std::string const& user);

}  // namespace millrace::cli
