// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace millrace {

template <auto free_function>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        free_function(pointer);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// Reads what is in `text`, which must stay.
inline Bio memory_bio(std::string const& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// What OpenSSL says of its last fault, which is forgotten then.
std::string openssl_reason();

}  // namespace millrace
