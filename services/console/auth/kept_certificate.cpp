// SPDX-License-Identifier: Apache-2.0
#include "console/auth/kept_certificate.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/json.hpp"

namespace millrace::console {
namespace {

constexpr int valid_days = 365;
constexpr int renewed_days_before = 30;
constexpr std::size_t file_bytes_max = 64 << 10;

/// Nothing: there is none, or it is for other names, nearly over, or not valid yet.
Result<std::optional<CertificateText>> read_kept(
    std::filesystem::path const& file, Json const& names, SystemTime now) {
    auto const text = read_file(file, file_bytes_max);
    if (!text && text.error().code == ErrorCode::not_found)
        return std::nullopt;
    if (!text)
        return std::unexpected(text.error());
    auto const kept = parse_json(*text);
    auto const until = kept ? parse_rfc3339(string_at(*kept, "validUntil"))
                            : Result<SystemTime>(std::unexpected(kept.error()));
    CertificateText certificate;
    if (kept) {
        certificate.certificate_pem = string_at(*kept, "certificate");
        certificate.key_pem = string_at(*kept, "key");
    }
    if (!until || !TlsContext::server(certificate))
        return failure(
            ErrorCode::invalid, "The certificate in " + file.string() +
                                    " is damaged. Delete the file, and a new one is made.");
    Json const* kept_names = find_json(*kept, "names");
    bool const is_for_these = kept_names != nullptr && *kept_names == names;
    bool const is_over = *until - now < std::chrono::days(renewed_days_before);
    // Made by a clock that was ahead by more than the hour that it is valid before.
    bool const is_early = *until - now > std::chrono::days(valid_days) + 1h;
    if (!is_for_these || is_over || is_early)
        return std::nullopt;
    return certificate;
}

}  // namespace

Result<CertificateText> keep_certificate(
    std::filesystem::path const& folder, std::vector<std::string> names, SystemTime now) {
    std::ranges::sort(names);
    Json wanted = Json::array();
    for (std::string const& name : names)
        wanted.push_back(name);
    std::filesystem::path const file = folder / "certificate.json";
    auto kept = read_kept(file, wanted, now);
    if (!kept)
        return std::unexpected(kept.error());
    if (*kept)
        return std::move(**kept);
    auto made = make_self_signed_certificate(names, valid_days);
    if (!made)
        return made;
    Json json = Json::object();
    json["names"] = std::move(wanted);
    json["validUntil"] = format_rfc3339(now + std::chrono::days(valid_days));
    json["certificate"] = made->certificate_pem;
    json["key"] = made->key_pem;
    if (auto const folder_made = make_directories(folder, 0700); !folder_made)
        return std::unexpected(folder_made.error());
    if (auto const written = write_file_atomic(file, dump_json(json), 0600); !written)
        return std::unexpected(written.error());
    return made;
}

}  // namespace millrace::console
