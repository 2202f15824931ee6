// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/net/certificate.hpp"

namespace millrace {

/// What a certificate is to say.
struct CertificateRequest {
    std::string common_name;
    std::string organisation;  ///< empty: none
    /// DNS names and addresses of its subjectAltName ("localhost", "127.0.0.1"); empty: none.
    std::vector<std::string> names;
    /// What it is good for, as OpenSSL's x509v3_config(5) has extendedKeyUsage.
    std::string usage = "serverAuth,clientAuth";
    bool is_authority = false;
    seconds life{0};  ///< from now on; it begins an hour ago, for clocks that are late

    /// As its life: valid by every clock, from 1970 to the end of the year 9999, which says that
    /// there is no end (RFC 5280, 4.1.2.5).
    static constexpr seconds endless = seconds::max();

    bool operator==(CertificateRequest const&) const = default;
};

/// An ECDSA P-256 certificate with its key, signed by `issuer`, or by itself where there is none.
/// Errors: `invalid`, for an issuer that is none and a name that cannot be one.
Result<CertificateText> issue_certificate(
    CertificateRequest const& request, std::optional<CertificateText> const& issuer = std::nullopt);

/// Whether `authority_pem`'s key has signed the first certificate of `certificate_pem`. False where
/// one of them is no certificate.
bool is_issued_by(std::string const& certificate_pem, std::string const& authority_pem);

/// An ECDSA P-256 key: what signs, and what checks.
struct KeyPair {
    std::string private_pem;
    std::string public_pem;
};
Result<KeyPair> make_key_pair();
/// Whether they belong together. False where one of them is no key.
bool is_key_pair(KeyPair const& pair);

}  // namespace millrace
