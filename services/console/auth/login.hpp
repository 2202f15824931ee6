// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::console {

/// Who may sign in, by the hash of his password; without one, by a one-time link.
struct Login {
    std::string user = "admin";
    std::string password_hash;

    bool by_password() const { return !password_hash.empty(); }
};

/// Fewer characters than these has no password that is given in plain text.
inline constexpr std::size_t plain_password_bytes_min = 15;

/// What a password file says: "NAME:HASH", as `millrace-console hash-password` writes it, or the
/// password of "admin" in plain text. Takes 0.1 s for the latter. Errors: `invalid`, one that is
/// too short.
Result<Login> parse_login(std::string_view line);
/// "NAME:HASH" of it.
std::string format_login(Login const& login);

}  // namespace millrace::console
