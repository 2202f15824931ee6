// SPDX-License-Identifier: Apache-2.0
#include "common/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/net/openssl_handles.hpp"
#include "common/net/tls_native.hpp"

namespace millrace {
namespace {

namespace ssl = boost::asio::ssl;

/// Mozilla's "intermediate" set without DHE: ECDHE with AEAD only.
std::unique_ptr<TlsContext::Native> make_native(ssl::context::method method) {
    auto native = std::make_unique<TlsContext::Native>(method);
    SSL_CTX* const raw = native->context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL");
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    return native;
}

Result<void> add_authorities(SSL_CTX* context, std::string const& pem) {
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    // A server's own certificate given as an authority is trusted although it is no CA.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    Bio const bio = memory_bio(pem);
    int count = 0;
    while (Certificate const certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
        X509_STORE_add_cert(store, certificate.get());
        ++count;
    }
    ERR_clear_error();
    if (count == 0)
        return failure(ErrorCode::invalid, "The trusted certificates contain no PEM certificate.");
    return {};
}

Result<void> use_certificate(
    TlsContext::Native& native, std::string const& certificate_pem, std::string const& key_pem) {
    boost::system::error_code code;
    native.context.use_certificate_chain(boost::asio::buffer(certificate_pem), code);
    if (code)
        return failure(
            ErrorCode::invalid, "The certificate is not usable: " + code.message() + ".");
    native.context.use_private_key(boost::asio::buffer(key_pem), ssl::context::pem, code);
    if (code || SSL_CTX_check_private_key(native.context.native_handle()) != 1)
        return failure(
            ErrorCode::invalid,
            "The private key does not fit the certificate: " + openssl_reason() + ".");
    return {};
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Native> native) : native_(std::move(native)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::client(
    TlsTrust const& trust, std::optional<ClientCertificate> const& own) {
    auto native = make_native(ssl::context::tls_client);
    native->verify = trust.verify;
    native->context.set_verify_mode(trust.verify ? ssl::verify_peer : ssl::verify_none);
    if (!trust.verify)
        log::warn("TLS certificates are not verified: anyone in between can read the passwords.");
    SSL_CTX_set_default_verify_paths(native->context.native_handle());
    if (!trust.authorities_pem.empty())
        if (auto added = add_authorities(native->context.native_handle(), trust.authorities_pem);
            !added)
            return std::unexpected(added.error());
    if (own)
        if (auto shown = use_certificate(*native, own->certificate_pem, own->key_pem.reveal());
            !shown)
            return std::unexpected(shown.error());
    return TlsContext(std::move(native));
}

Result<TlsContext> TlsContext::server(CertificateText const& text) {
    auto native = make_native(ssl::context::tls_server);
    if (auto shown = use_certificate(*native, text.certificate_pem, text.key_pem); !shown)
        return std::unexpected(shown.error());
    return TlsContext(std::move(native));
}

Result<TlsContext> TlsContext::server(CertificateFiles const& files) {
    constexpr std::size_t pem_bytes_max = 1 << 20;
    auto certificate = read_file(files.certificate_file, pem_bytes_max);
    if (!certificate)
        return std::unexpected(certificate.error());
    auto key = read_file(files.key_file, pem_bytes_max);
    if (!key)
        return std::unexpected(key.error());
    return server(CertificateText{std::move(*certificate), std::move(*key)});
}

}  // namespace millrace
