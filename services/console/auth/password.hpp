// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/secret.hpp"

namespace millrace::console {

/// Argon2id (RFC 9106: 64 MiB, 3 passes) in its encoded form. Takes about 0.1 s: call it off the
/// io thread. Aborts only if memory is exhausted.
std::string hash_password(Secret const& password);
bool verify_password(std::string const& encoded, Secret const& password);

}  // namespace millrace::console
