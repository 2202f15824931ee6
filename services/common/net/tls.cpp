// SPDX-License-Identifier: Apache-2.0
#include "common/net/tls.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/net/tls_native.hpp"

namespace millrace {
namespace {

namespace ssl = boost::asio::ssl;

template <auto free_function>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        free_function(pointer);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

std::string openssl_reason() {
    char text[256] = "unknown reason";
    if (auto const code = ERR_get_error(); code != 0)
        ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

/// Mozilla's "intermediate" set without DHE: ECDHE with AEAD only.
std::unique_ptr<TlsContext::Native> make_native(ssl::context::method method) {
    auto native = std::make_unique<TlsContext::Native>(method);
    SSL_CTX* const raw = native->context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL");
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    return native;
}

Bio memory_bio(std::string const& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
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

std::string to_pem(auto write) {
    Bio const bio(BIO_new(BIO_s_mem()));
    write(bio.get());
    char* data = nullptr;
    auto const length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

void add_extension(X509* certificate, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    if (X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())) {
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
}

bool is_address(std::string const& name) {
    return name.find(':') != std::string::npos ||
           name.find_first_not_of("0123456789.") == std::string::npos;
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

Result<CertificateText> make_self_signed_certificate(
    std::vector<std::string> const& names, int days) {
    Key const key(EVP_EC_gen("P-256"));
    Certificate const certificate(X509_new());
    if (!key || !certificate || names.empty())
        return failure(ErrorCode::invalid, "Cannot make a certificate: " + openssl_reason() + ".");
    X509* const raw = certificate.get();
    X509_set_version(raw, 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), random_u64() >> 1);
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), 86400L * days);
    X509_set_pubkey(raw, key.get());
    X509_NAME* const subject = X509_get_subject_name(raw);
    auto const common_name = reinterpret_cast<unsigned char const*>(names.front().c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0);
    X509_set_issuer_name(raw, subject);
    std::string alternatives;
    for (std::string const& name : names)
        alternatives += (alternatives.empty() ? "" : ",") +
                        std::string(is_address(name) ? "IP:" : "DNS:") + name;
    add_extension(raw, NID_subject_alt_name, alternatives);
    add_extension(raw, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(raw, NID_key_usage, "critical,digitalSignature");
    add_extension(raw, NID_ext_key_usage, "serverAuth");
    if (X509_sign(raw, key.get(), EVP_sha256()) == 0)
        return failure(
            ErrorCode::invalid, "Cannot sign the certificate: " + openssl_reason() + ".");
    CertificateText text;
    text.certificate_pem = to_pem([&](BIO* bio) { PEM_write_bio_X509(bio, raw); });
    text.key_pem = to_pem([&](BIO* bio) {
        PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return text;
}

Result<std::string> certificate_fingerprint(std::string const& pem) {
    Bio const bio = memory_bio(pem);
    Certificate const certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest, &length) != 1) {
        ERR_clear_error();
        return failure(ErrorCode::invalid, "There is no PEM certificate in the text.");
    }
    std::string const hex =
        hex_encode({reinterpret_cast<char const*>(digest), static_cast<std::size_t>(length)});
    std::string shown;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        if (i > 0)
            shown += ':';
        for (char const c : hex.substr(i, 2))
            shown += static_cast<char>(c >= 'a' ? c - 32 : c);
    }
    return shown;
}

}  // namespace millrace
