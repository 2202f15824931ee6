// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/base/encoding.hpp"
#include "configurator/form/pem.hpp"
#include "configurator/form/value_reader.hpp"

namespace millrace::configurator {
namespace {

/// Strings with their length in four bytes before them, the first of them the type (RFC 4253, 6.6).
bool is_key_of(std::string_view type, std::string_view base64) {
    auto const bytes = base64_decode(base64);
    std::string_view rest = bytes ? std::string_view(*bytes) : std::string_view();
    std::size_t fields = 0;
    for (; rest.size() >= 4; ++fields) {
        std::size_t length = 0;
        for (char const one : rest.substr(0, 4))
            length = (length << 8) | static_cast<unsigned char>(one);
        rest.remove_prefix(4);
        if (length > rest.size() || (fields == 0 && rest.substr(0, length) != type))
            return false;
        rest.remove_prefix(length);
    }
    return rest.empty() && fields > 1;
}

}  // namespace

Value read_ssh_key(Property const&, std::string_view text) {
    constexpr std::array<std::string_view, 7> types = {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com"};
    auto const type_end = text.find(' ');
    std::string_view const type = text.substr(0, type_end);
    if (std::ranges::find(types, type) == types.end())
        return std::unexpected(
            "must begin with the key's type, like \"ssh-ed25519 AAAA...\": give the content of "
            "the .pub file, no options.");
    auto const begin = text.find_first_not_of(' ', type_end);
    std::string_view const rest =
        begin == std::string_view::npos ? std::string_view() : text.substr(begin);
    if (!is_key_of(type, rest.substr(0, rest.find(' '))))
        return std::unexpected(
            "has a damaged key of the type " + std::string(type) +
            "; give the whole content of the .pub file.");
    return std::string(text);
}

Value read_certificates(Property const&, std::string_view text) {
    auto const blocks = read_pem(text);
    if (!blocks)
        return std::unexpected(blocks.error());
    std::string pem;
    for (PemBlock const& block : *blocks) {
        if (block.label.ends_with("PRIVATE KEY"))
            return std::unexpected("has a private key in it; only certificates belong here.");
        if (block.label == "CERTIFICATE")
            pem += block.text();
    }
    if (pem.empty())
        return std::unexpected("has no certificate in it.");
    return pem;
}

Value read_private_key(Property const&, std::string_view text) {
    auto const blocks = read_pem(text);
    if (!blocks)
        return std::unexpected(blocks.error());
    for (PemBlock const& block : *blocks) {
        if (block.label == "ENCRYPTED PRIVATE KEY")
            return std::unexpected(
                "is locked with a passphrase; unlock it with: openssl pkey -in FILE.");
        if (block.label.ends_with("PRIVATE KEY"))
            return block.text();
    }
    return std::unexpected("has no private key in it.");
}

}  // namespace millrace::configurator
