// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "common/net/certificate.hpp"

namespace millrace {

/// How a client trusts a server. Verification is on unless switched off, which logs a warning.
struct TlsTrust {
    bool verify = true;
    /// PEM text of extra certificate authorities (or the server's own certificate); empty: the
    /// system's store alone.
    std::string authorities_pem;
};

/// As whom a client shows itself to a server that asks for a certificate.
struct ClientCertificate {
    std::string certificate_pem;
    Secret key_pem;
};

struct CertificateFiles {
    std::string certificate_file;
    std::string key_file;
};

/// TLS 1.2 and 1.3, ECDHE with AEAD only, for both sides. Opaque: only common/net sees OpenSSL.
class TlsContext {
public:
    struct Native;
    explicit TlsContext(std::unique_ptr<Native> native);
    TlsContext(TlsContext&&) noexcept;
    TlsContext& operator=(TlsContext&&) noexcept;
    ~TlsContext();

    /// Errors: authorities that are no certificates, a key that does not fit.
    static Result<TlsContext> client(
        TlsTrust const& trust, std::optional<ClientCertificate> const& own = std::nullopt);
    /// Errors: unreadable files, key that does not fit the certificate.
    static Result<TlsContext> server(CertificateFiles const& files);
    static Result<TlsContext> server(CertificateText const& text);

    Native& native() const { return *native_; }

private:
    std::unique_ptr<Native> native_;
};

}  // namespace millrace
