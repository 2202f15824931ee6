// SPDX-License-Identifier: Apache-2.0
#include "common/net/certificate_authority.hpp"

#include "common/net/tls.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

CertificateText authority() {
    auto made = issue_certificate(
        {.common_name = "ca", .is_authority = true, .life = std::chrono::days(10)});
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("authority: what it issues has its subject, names and life, and is known by its key") {
    CertificateText const issuer = authority();
    auto const issued = issue_certificate(
        {.common_name = "system:node:a",
         .organisation = "system:nodes",
         .names = {"a", "10.0.0.1"},
         .life = std::chrono::minutes(90)},
        issuer);
    REQUIRE(issued);
    auto const facts = describe_certificates(issued->certificate_pem);
    REQUIRE(facts);
    CHECK(facts->front().subject == "CN=system:node:a,O=system:nodes");
    CHECK(facts->front().names == std::vector<std::string>{"a", "10.0.0.1"});
    CHECK(facts->front().not_after < system_now() + std::chrono::minutes(91));
    CHECK(is_issued_by(issued->certificate_pem, issuer.certificate_pem));
    CHECK_FALSE(is_issued_by(issued->certificate_pem, authority().certificate_pem));
    CHECK_FALSE(is_issued_by("no certificate", issuer.certificate_pem));
    CHECK(TlsContext::server(*issued));
}

TEST_CASE("authority: one without an end is valid by every clock, and so is told") {
    auto const made = issue_certificate(
        {.common_name = "ca", .is_authority = true, .life = CertificateRequest::endless});
    REQUIRE(made);
    auto const facts = describe_certificates(made->certificate_pem);
    REQUIRE(facts);
    CHECK(facts->front().not_before == SystemTime());
    CHECK(facts->front().not_after == SystemTime::max());
    CHECK(TlsContext::server(*made));
}

TEST_CASE("authority: a name that cannot be one, and an issuer that is none, are told") {
    auto const wrong = issue_certificate({.common_name = "a", .names = {"999.0.0.1"}});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().detail.starts_with("Cannot make a certificate for a: "));
    CHECK_FALSE(issue_certificate({.common_name = "a"}, CertificateText{"none", "none"}));
}

TEST_CASE("keys: a pair belongs together, and to no other") {
    auto const one = make_key_pair();
    auto const other = make_key_pair();
    REQUIRE(one);
    REQUIRE(other);
    CHECK(is_key_pair(*one));
    CHECK_FALSE(is_key_pair({one->private_pem, other->public_pem}));
    CHECK_FALSE(is_key_pair({"none", one->public_pem}));
}
