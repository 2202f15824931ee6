// SPDX-License-Identifier: Apache-2.0
#include "common/net/tls.hpp"

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

namespace {

CertificateText certificate(std::vector<std::string> const& names = {"localhost"}) {
    auto made = make_self_signed_certificate(names, 1);
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("TLS: a certificate of ours can be served, and each is another one") {
    CertificateText const first = certificate();
    CertificateText const second = certificate();
    CHECK(TlsContext::server(first));
    CHECK(first.key_pem != second.key_pem);
    CHECK(
        certificate_fingerprint(first.certificate_pem).value() !=
        certificate_fingerprint(second.certificate_pem).value());
}

TEST_CASE("TLS: a certificate needs a name, whatever the days") {
    CHECK_FALSE(make_self_signed_certificate({}, 1));
    CHECK(make_self_signed_certificate({"a.example", "127.0.0.1", "::1"}, 1));
}

TEST_CASE("TLS: the key of another certificate is refused, and what is no key or certificate") {
    CertificateText const one = certificate();
    CertificateText const other = certificate();
    auto const mixed = TlsContext::server(CertificateText{one.certificate_pem, other.key_pem});
    REQUIRE_FALSE(mixed);
    CHECK(mixed.error().code == ErrorCode::invalid);
    CHECK(mixed.error().detail.starts_with("The private key does not fit the certificate: "));
    auto const no_key = TlsContext::server(CertificateText{one.certificate_pem, "no key"});
    REQUIRE_FALSE(no_key);
    auto const no_certificate = TlsContext::server(CertificateText{"no certificate", one.key_pem});
    REQUIRE_FALSE(no_certificate);
    CHECK(no_certificate.error().detail.starts_with("The certificate is not usable: "));
}

TEST_CASE("TLS: a client shows a certificate whose key it has, and no other") {
    CertificateText const one = certificate();
    CertificateText const other = certificate();
    CHECK(TlsContext::client({}, ClientCertificate{one.certificate_pem, Secret(one.key_pem)}));
    auto const mixed =
        TlsContext::client({}, ClientCertificate{one.certificate_pem, Secret(other.key_pem)});
    REQUIRE_FALSE(mixed);
    CHECK(mixed.error().detail.starts_with("The private key does not fit the certificate: "));
}

TEST_CASE("TLS: no message says anything of a private key") {
    CertificateText const one = certificate();
    CertificateText const other = certificate();
    std::string const secret = one.key_pem.substr(one.key_pem.find('\n') + 1, 40);
    for (auto const& text :
         {CertificateText{other.certificate_pem, one.key_pem}, CertificateText{one.key_pem, "x"},
          CertificateText{"x", one.key_pem}}) {
        auto const context = TlsContext::server(text);
        REQUIRE_FALSE(context);
        CHECK(context.error().detail.find(secret) == std::string::npos);
    }
}

TEST_CASE("TLS: files that are not there are named") {
    test::TemporaryFolder const folder;
    CertificateText const text = certificate();
    auto const in = [&](char const* name) { return (folder.path() / name).string(); };
    REQUIRE(write_file_atomic(in("cert.pem"), text.certificate_pem, 0600));
    auto const no_key = TlsContext::server(CertificateFiles{in("cert.pem"), in("key.pem")});
    REQUIRE_FALSE(no_key);
    CHECK(no_key.error().detail == "There is no file " + in("key.pem") + ".");
    auto const nothing = TlsContext::server(CertificateFiles{in("none.pem"), in("key.pem")});
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().detail == "There is no file " + in("none.pem") + ".");
    REQUIRE(write_file_atomic(in("key.pem"), text.key_pem, 0600));
    CHECK(TlsContext::server(CertificateFiles{in("cert.pem"), in("key.pem")}));
}

TEST_CASE("TLS: an authority that is no certificate is refused, several are taken") {
    auto const nothing = TlsContext::client({.authorities_pem = "no certificate"});
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().detail == "The trusted certificates contain no PEM certificate.");
    CHECK(TlsContext::client(
        {.authorities_pem = certificate().certificate_pem + certificate().certificate_pem}));
    // A private key is no certificate, though PEM.
    CHECK_FALSE(TlsContext::client({.authorities_pem = certificate().key_pem}));
}

TEST_CASE("TLS: a fingerprint is SHA-256 of the first certificate, as browsers show it") {
    CertificateText const text = certificate();
    std::string const print = certificate_fingerprint(text.certificate_pem).value();
    REQUIRE(print.size() == 32 * 3 - 1);
    for (std::size_t at = 0; at < print.size(); ++at)
        CHECK(
            (at % 3 == 2 ? print[at] == ':'
                         : std::string_view("0123456789ABCDEF").contains(print[at])));
    CHECK(certificate_fingerprint(text.certificate_pem + certificate().certificate_pem) == print);
    auto const none = certificate_fingerprint("nothing");
    REQUIRE_FALSE(none);
    CHECK(none.error().detail == "There is no PEM certificate in the text.");
}
