// SPDX-License-Identifier: Apache-2.0
#include "console/auth/login.hpp"

#include "console/auth/password.hpp"

namespace millrace::console {
namespace {

// How Argon2id's encoded hashes begin.
constexpr std::string_view before_hash = ":$argon2id$";

}  // namespace

Result<Login> parse_login(std::string_view line) {
    if (auto const colon = line.find(before_hash); colon != std::string_view::npos && colon > 0)
        return Login{std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))};
    if (line.size() < plain_password_bytes_min)
        return failure(
            ErrorCode::invalid, "the password must have at least " +
                                    std::to_string(plain_password_bytes_min) + " characters.");
    return Login{.password_hash = hash_password(Secret(std::string(line)))};
}

std::string format_login(Login const& login) {
    return login.user + ":" + login.password_hash;
}

}  // namespace millrace::console
