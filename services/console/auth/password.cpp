// SPDX-License-Identifier: Apache-2.0
#include "console/auth/password.hpp"

#include <argon2.h>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"

namespace millrace::console {
namespace {

constexpr std::uint32_t passes = 3;
constexpr std::uint32_t memory_kib = 64 * 1024;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t encoded_bytes_max = 256;

}  // namespace

std::string hash_password(Secret const& password) {
    std::string const salt = random_bytes(16);
    char encoded[encoded_bytes_max];
    int const code = argon2id_hash_encoded(
        passes, memory_kib, lanes, password.reveal().data(), password.reveal().size(), salt.data(),
        salt.size(), hash_bytes, encoded, sizeof encoded);
    MILLRACE_ASSERT(code == ARGON2_OK);
    return encoded;
}

bool verify_password(std::string const& encoded, Secret const& password) {
    return argon2id_verify(encoded.c_str(), password.reveal().data(), password.reveal().size()) ==
           ARGON2_OK;
}

}  // namespace millrace::console
