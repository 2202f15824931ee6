// SPDX-License-Identifier: Apache-2.0
#include "common/net/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "common/base/encoding.hpp"
#include "common/net/certificate_authority.hpp"
#include "common/net/openssl_handles.hpp"

namespace millrace {
namespace {

std::string text_of(ASN1_STRING const* string) {
    return {
        reinterpret_cast<char const*>(ASN1_STRING_get0_data(string)),
        static_cast<std::size_t>(ASN1_STRING_length(string))};
}

/// The DNS names and addresses that a client may know it by.
std::vector<std::string> names_of(X509 const* certificate) {
    using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
    Names const found(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int index = 0; found && index < sk_GENERAL_NAME_num(found.get()); ++index) {
        GENERAL_NAME const* const name = sk_GENERAL_NAME_value(found.get(), index);
        if (name->type == GEN_DNS)
            names.push_back(text_of(name->d.dNSName));
        if (name->type == GEN_IPADD) {
            std::string const bytes = text_of(name->d.iPAddress);
            if (bytes.size() != 4 && bytes.size() != 16)
                continue;
            char spelling[INET6_ADDRSTRLEN] = "";
            inet_ntop(
                bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), spelling, sizeof spelling);
            names.emplace_back(spelling);
        }
    }
    return names;
}

SystemTime time_of(ASN1_TIME const* time) {
    std::tm calendar{};
    ASN1_TIME_to_tm(time, &calendar);
    // Nanoseconds end in the year 2262, certificates without an end in 9999.
    constexpr auto last = std::chrono::floor<seconds>(SystemTime::max());
    std::chrono::sys_seconds const told{seconds(timegm(&calendar))};
    return told > last ? SystemTime::max() : SystemTime(told);
}

std::string subject_of(X509 const* certificate) {
    Bio const bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    auto const length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

}  // namespace

std::string openssl_reason() {
    char text[256] = "unknown reason";
    if (auto const code = ERR_get_error(); code != 0)
        ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

Result<CertificateText> make_self_signed_certificate(
    std::vector<std::string> const& names, int days) {
    if (names.empty())
        return failure(ErrorCode::invalid, "A certificate needs a name.");
    return issue_certificate(
        {.common_name = names.front(),
         .names = names,
         .usage = "serverAuth",
         .life = std::chrono::days(days)});
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

Result<std::vector<CertificateFacts>> describe_certificates(std::string const& pem) {
    Bio const bio = memory_bio(pem);
    std::vector<CertificateFacts> all;
    while (Certificate const certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
        all.push_back(
            {.subject = subject_of(certificate.get()),
             .names = names_of(certificate.get()),
             .not_before = time_of(X509_get0_notBefore(certificate.get())),
             .not_after = time_of(X509_get0_notAfter(certificate.get()))});
    // The end of the text is told as "no start line"; anything else is a certificate that is none.
    bool const is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    std::string const reason = openssl_reason();
    if (!is_end)
        return failure(
            ErrorCode::invalid,
            "Certificate " + std::to_string(all.size() + 1) + " is damaged: " + reason + ".");
    if (all.empty())
        return failure(ErrorCode::invalid, "There is no PEM certificate in the text.");
    return all;
}

}  // namespace millrace
