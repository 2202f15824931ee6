// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/own_certificate.hpp"

#include "configurator/plan/step.hpp"

namespace millrace::configurator {

std::optional<CertificateRequest> own_again(std::string const& certificate_pem, seconds life) {
    auto const facts = describe_certificates(certificate_pem);
    if (!facts || facts->size() != 1 || facts->front().names.empty() ||
        !facts->front().subject.ends_with("O=" + std::string(own_organisation)))
        return std::nullopt;
    return CertificateRequest{
        .common_name = facts->front().names.front(),
        .organisation = std::string(own_organisation),
        .names = facts->front().names,
        .usage = "serverAuth",
        .life = life};
}

}  // namespace millrace::configurator
