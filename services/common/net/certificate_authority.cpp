// SPDX-License-Identifier: Apache-2.0
#include "common/net/certificate_authority.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "common/base/encoding.hpp"
#include "common/net/openssl_handles.hpp"

namespace millrace {
namespace {

constexpr long begins_before_seconds = 3'600;

std::string to_pem(auto write) {
    Bio const bio(BIO_new(BIO_s_mem()));
    write(bio.get());
    char* data = nullptr;
    auto const length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

/// Whether OpenSSL understands the value.
bool add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (extension == nullptr)
        return false;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return true;
}

bool is_address(std::string const& name) {
    return name.find(':') != std::string::npos ||
           name.find_first_not_of("0123456789.") == std::string::npos;
}

void add_subject(X509_NAME* subject, char const* field, std::string const& value) {
    if (!value.empty())
        X509_NAME_add_entry_by_txt(
            subject, field, MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.c_str()),
            -1, -1, 0);
}

bool add_extensions(X509* certificate, X509* issuer, CertificateRequest const& request) {
    std::string alternatives;
    for (std::string const& name : request.names)
        alternatives += (alternatives.empty() ? "" : ",") +
                        std::string(is_address(name) ? "IP:" : "DNS:") + name;
    auto const add = [&](int kind, std::string const& value) {
        return add_extension(certificate, issuer, kind, value);
    };
    // Of several authorities with one name, the key's identifier says which it is (RFC
    // 5280, 4.2.1).
    if (!add(NID_subject_key_identifier, "hash"))
        return false;
    if (issuer != certificate && !add(NID_authority_key_identifier, "keyid"))
        return false;
    if (request.is_authority)
        return add(NID_basic_constraints, "critical,CA:TRUE") &&
               add(NID_key_usage, "critical,keyCertSign,cRLSign");
    return (alternatives.empty() || add(NID_subject_alt_name, alternatives)) &&
           add(NID_basic_constraints, "critical,CA:FALSE") &&
           add(NID_key_usage, "critical,digitalSignature") && add(NID_ext_key_usage, request.usage);
}

std::string private_pem_of(EVP_PKEY* key) {
    return to_pem([&](BIO* bio) {
        PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string public_pem_of(EVP_PKEY* key) {
    return to_pem([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); });
}

bool set_times(X509* certificate, seconds life) {
    if (life == CertificateRequest::endless)
        return ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "700101000000Z") == 1 &&
               ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z") == 1;
    return X509_gmtime_adj(X509_getm_notBefore(certificate), -begins_before_seconds) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), life.count()) != nullptr;
}

Certificate certificate_of(std::string const& pem) {
    Bio const bio = memory_bio(pem);
    return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

PrivateKey private_key_of(std::string const& pem) {
    Bio const bio = memory_bio(pem);
    return PrivateKey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

Result<CertificateText> issue_certificate(
    CertificateRequest const& request, std::optional<CertificateText> const& issuer) {
    auto const failed = [&] {
        return failure(
            ErrorCode::invalid,
            "Cannot make a certificate for " + request.common_name + ": " + openssl_reason() + ".");
    };
    PrivateKey const key(EVP_EC_gen("P-256"));
    Certificate const certificate(X509_new());
    Certificate const authority = issuer ? certificate_of(issuer->certificate_pem) : nullptr;
    PrivateKey const authority_key = issuer ? private_key_of(issuer->key_pem) : nullptr;
    if (!key || !certificate || (issuer && (!authority || !authority_key)))
        return failed();
    X509* const raw = certificate.get();
    X509* const issuing = issuer ? authority.get() : raw;
    X509_set_version(raw, 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), random_u64() >> 1);
    X509_set_pubkey(raw, key.get());
    add_subject(X509_get_subject_name(raw), "O", request.organisation);
    add_subject(X509_get_subject_name(raw), "CN", request.common_name);
    X509_set_issuer_name(raw, X509_get_subject_name(issuing));
    if (!set_times(raw, request.life) || !add_extensions(raw, issuing, request) ||
        X509_sign(raw, issuer ? authority_key.get() : key.get(), EVP_sha256()) == 0)
        return failed();
    return CertificateText{
        .certificate_pem = to_pem([&](BIO* bio) { PEM_write_bio_X509(bio, raw); }),
        .key_pem = private_pem_of(key.get())};
}

bool is_issued_by(std::string const& certificate_pem, std::string const& authority_pem) {
    Certificate const certificate = certificate_of(certificate_pem);
    Certificate const authority = certificate_of(authority_pem);
    bool const is_signed = certificate && authority &&
                           X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) == 1;
    ERR_clear_error();
    return is_signed;
}

Result<KeyPair> make_key_pair() {
    PrivateKey const key(EVP_EC_gen("P-256"));
    if (!key)
        return failure(ErrorCode::invalid, "Cannot make a key: " + openssl_reason() + ".");
    return KeyPair{private_pem_of(key.get()), public_pem_of(key.get())};
}

bool is_key_pair(KeyPair const& pair) {
    PrivateKey const key = private_key_of(pair.private_pem);
    ERR_clear_error();
    return key && public_pem_of(key.get()) == pair.public_pem;
}

}  // namespace millrace
