// SPDX-License-Identifier: Apache-2.0
#include "common/net/digest.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"
#include "common/base/file.hpp"

namespace millrace {

Result<std::string> sha256_of_file(std::filesystem::path const& path) {
    FileDescriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
        return failure(
            errno == ENOENT ? ErrorCode::not_found : ErrorCode::storage,
            storage_error("Cannot read " + path.string()).detail);
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(
        EVP_MD_CTX_new(), EVP_MD_CTX_free);
    bool works = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    std::string piece(1 << 16, '\0');
    for (;;) {
        ssize_t const got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return std::unexpected(storage_error("Cannot read " + path.string()));
        if (got == 0)
            break;
        works = works &&
                EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(got)) == 1;
    }
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int length = 0;
    works =
        works && EVP_DigestFinal_ex(
                     context.get(), reinterpret_cast<unsigned char*>(digest.data()), &length) == 1;
    MILLRACE_ASSERT(works);
    digest.resize(length);
    return hex_encode(digest);
}

}  // namespace millrace
