// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/net/tls.hpp"
#include "configurator/host/good_time.hpp"
#include "configurator/host/kept_file.hpp"
#include "configurator/host/own_certificate.hpp"
#include "configurator/host/system_host.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t token_characters = 48;
constexpr std::size_t key_bytes = 32;

/// Whether a certificate can stay: it fits its key, has the names, and is in good time.
bool is_current(CertificateRequest const& wanted, CertificateText const& text, SystemTime now) {
    auto const facts = describe_certificates(text.certificate_pem);
    if (!facts || !TlsContext::server(text))
        return false;
    CertificateFacts const& first = facts->front();
    bool const has_names = std::ranges::all_of(wanted.names, [&](std::string const& name) {
        return std::ranges::find(first.names, name) != first.names.end();
    });
    return has_names && is_in_good_time(first, wanted.life, now);
}

}  // namespace

/// Both files, or nothing where one is missing.
Result<std::optional<CertificateText>> SystemHost::certificate(
    CertificatePaths const& paths) const {
    auto const certificate = file_content(at(paths.certificate));
    auto const key = file_content(at(paths.key));
    if (!certificate || !key)
        return std::unexpected((!certificate ? certificate : key).error());
    if (!*certificate || !*key)
        return std::nullopt;
    return CertificateText{**certificate, **key};
}

Result<bool> SystemHost::has(KeepCertificate const& wanted) const {
    auto const text = certificate(wanted.paths);
    if (!text)
        return std::unexpected(text.error());
    if (!*text || file_mode(at(wanted.paths.key)) != 0600 ||
        !is_current(wanted.request, **text, system_now()))
        return false;
    if (!wanted.authority)
        return true;
    auto const authority = certificate(*wanted.authority);
    if (!authority)
        return std::unexpected(authority.error());
    return *authority && is_issued_by((*text)->certificate_pem, (*authority)->certificate_pem);
}

Result<void> SystemHost::bring(KeepCertificate const& wanted) const {
    std::optional<CertificateText> authority;
    if (wanted.authority) {
        auto found = certificate(*wanted.authority);
        if (!found)
            return std::unexpected(found.error());
        if (!*found)
            return failure(
                ErrorCode::not_found, "There is no " + wanted.authority->certificate + ".");
        authority = std::move(*found);
    }
    auto const made = issue_certificate(wanted.request, authority);
    if (!made)
        return std::unexpected(made.error());
    // A cut between the two leaves a pair that does not fit, which does not hold.
    if (auto key = write_kept(at(wanted.paths.key), made->key_pem, 0600); !key)
        return key;
    return write_kept(at(wanted.paths.certificate), made->certificate_pem, 0644);
}

Result<bool> SystemHost::has(RenewCertificate const& wanted) const {
    auto const text = certificate(wanted.paths);
    if (!text)
        return std::unexpected(text.error());
    auto const again = *text ? own_again((*text)->certificate_pem, wanted.life) : std::nullopt;
    return !again || is_current(*again, **text, system_now());
}

Result<void> SystemHost::bring(RenewCertificate const& wanted) const {
    auto const text = certificate(wanted.paths);
    if (!text)
        return std::unexpected(text.error());
    auto const again = *text ? own_again((*text)->certificate_pem, wanted.life) : std::nullopt;
    if (!again)
        return {};
    return bring(KeepCertificate{.paths = wanted.paths, .request = *again, .authority = {}});
}

Result<bool> SystemHost::has(KeepKeyPair const& wanted) const {
    auto const signs = file_content(at(wanted.private_path));
    auto const checks = file_content(at(wanted.public_path));
    if (!signs || !checks)
        return std::unexpected((!signs ? signs : checks).error());
    return *signs && *checks && file_mode(at(wanted.private_path)) == 0600 &&
           is_key_pair({**signs, **checks});
}

Result<void> SystemHost::bring(KeepKeyPair const& wanted) const {
    auto const made = make_key_pair();
    if (!made)
        return std::unexpected(made.error());
    if (auto written = write_kept(at(wanted.private_path), made->private_pem, 0600); !written)
        return written;
    return write_kept(at(wanted.public_path), made->public_pem, 0644);
}

Result<bool> SystemHost::has(KeepToken const& wanted) const {
    auto const found = file_content(at(wanted.path));
    if (!found)
        return std::unexpected(found.error());
    return *found && (*found)->size() == token_characters && file_mode(at(wanted.path)) == 0600;
}

Result<void> SystemHost::bring(KeepToken const& wanted) const {
    return write_kept(at(wanted.path), hex_encode(random_bytes(token_characters / 2)), 0600);
}

Result<bool> SystemHost::has(KeepKey const& wanted) const {
    auto const found = file_content(at(wanted.path));
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return false;
    std::string_view text = **found;
    std::size_t const around = wanted.before.size() + wanted.after.size();
    bool const has_texts =
        text.size() > around && text.starts_with(wanted.before) && text.ends_with(wanted.after);
    auto const key = has_texts
                         ? base64_decode(text.substr(wanted.before.size(), text.size() - around))
                         : failure(ErrorCode::damaged, "");
    // What it has encrypted would be lost with it.
    if (!key || key->size() != key_bytes)
        return failure(
            ErrorCode::damaged, at(wanted.path).string() +
                                    " is damaged. Put it back from a backup; without it, what it "
                                    "has encrypted cannot be read.");
    return true;
}

Result<void> SystemHost::bring(KeepKey const& wanted) const {
    return write_kept(
        at(wanted.path), wanted.before + base64_encode(random_bytes(key_bytes)) + wanted.after,
        0600);
}

}  // namespace millrace::configurator
