// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace {

struct CertificateText {
    std::string certificate_pem;
    std::string key_pem;
};

/// A self-signed ECDSA P-256 certificate for the names and addresses given ("localhost",
/// "127.0.0.1"), valid from an hour ago for `days`.
Result<CertificateText> make_self_signed_certificate(
    std::vector<std::string> const& names, int days);

/// "AA:BB:..." SHA-256 of the first certificate in `pem`.
Result<std::string> certificate_fingerprint(std::string const& pem);

/// What a certificate says of itself.
struct CertificateFacts {
    std::string subject;             ///< RFC 2253, e.g. "CN=vcenter.example.com,O=Example"
    std::vector<std::string> names;  ///< DNS names and addresses of its subjectAltName
    SystemTime not_before;
    SystemTime not_after;  ///< SystemTime::max() for what ends later than that
};

/// All of a chain, in its order. Errors: `invalid` where there is none, or one is damaged.
Result<std::vector<CertificateFacts>> describe_certificates(std::string const& pem);

}  // namespace millrace
