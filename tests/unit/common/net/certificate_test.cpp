// SPDX-License-Identifier: Apache-2.0
#include "common/net/certificate.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("certificates: a chain is described in its order, with names, addresses and times") {
    auto const first = make_self_signed_certificate({"a.example", "192.0.2.1", "2001:db8::1"}, 7);
    auto const second = make_self_signed_certificate({"b.example"}, 1);
    REQUIRE(first);
    REQUIRE(second);
    auto const facts = describe_certificates(first->certificate_pem + second->certificate_pem);
    REQUIRE(facts);
    REQUIRE(facts->size() == 2);
    CHECK((*facts)[0].subject == "CN=a.example");
    CHECK((*facts)[0].names == std::vector<std::string>{"a.example", "192.0.2.1", "2001:db8::1"});
    CHECK((*facts)[1].subject == "CN=b.example");
    auto const now = std::chrono::system_clock::now();
    CHECK((*facts)[0].not_before < now);
    CHECK((*facts)[0].not_after > now + std::chrono::days(6));
    CHECK((*facts)[0].not_after < now + std::chrono::days(8));
}

TEST_CASE("certificates: none, and one that is damaged, are told apart") {
    auto const none = describe_certificates("no certificate");
    REQUIRE_FALSE(none);
    CHECK(none.error().detail == "There is no PEM certificate in the text.");
    auto const made = make_self_signed_certificate({"a.example"}, 1);
    REQUIRE(made);
    auto const damaged = describe_certificates(
        made->certificate_pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().detail.starts_with("Certificate 2 is damaged: "));
    // A fault that was told is not told again by what comes after.
    CHECK(describe_certificates(made->certificate_pem));
}
