// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/identity_steps.hpp"

#include <algorithm>

#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t uuid_digits = 32;

/// Its digits alone; "" where it is no UUID, or one of those that stand for none.
std::string digits_of(std::string_view uuid) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string found;
    for (char const one : uuid) {
        char const lower = one >= 'A' && one <= 'F' ? static_cast<char>(one - 'A' + 'a') : one;
        if (digits.contains(lower))
            found += lower;
    }
    bool const is_one =
        found.size() == uuid_digits && found.find_first_not_of(found.front()) != std::string::npos;
    return is_one ? found : "";
}

/// With the bytes of time_low, time_mid and time_hi_and_version in the other order.
std::string turned_round(std::string const& digits) {
    std::string turned;
    for (std::size_t const byte : {3U, 2U, 1U, 0U, 5U, 4U, 7U, 6U})
        turned += digits.substr(byte * 2, 2);
    return turned + digits.substr(turned.size());
}

Step keep_uuid(std::string const& uuid) {
    Step step{.id = "machine-uuid", .title = "Identity of this machine"};
    step.changes.emplace_back(WriteFile{std::string(machine_uuid_file), Secret(uuid + "\n"), 0600});
    return step;
}

}  // namespace

Origin origin_of(std::optional<std::string> const& kept, std::string_view uuid) {
    std::string const now = digits_of(uuid);
    if (now.empty())
        return Origin::unknown;
    std::string const before = digits_of(kept.value_or(""));
    if (before.empty())
        return Origin::first;
    return before == now || before == turned_round(now) ? Origin::same : Origin::copy;
}

std::vector<Step> first_identity_steps(std::string const& uuid) {
    return {keep_uuid(uuid)};
}

std::vector<Step> copy_steps(NewIdentity const& identity) {
    Step old{.id = "identity-away", .title = "Identity of the machine that this is a copy of"};
    old.changes.emplace_back(WriteFile{std::string(copy_mark_file), Secret(), 0600});
    old.changes.emplace_back(
        WriteFile{"/etc/machine-id", Secret(identity.machine_id + "\n"), 0444});
    old.changes.emplace_back(RemoveFile{"/var/lib/systemd/random-seed"});
    for (auto const* kind : {"rsa", "ecdsa", "ed25519"})
        for (auto const* half : {"", ".pub"})
            old.changes.emplace_back(
                RemoveFile{std::string("/etc/ssh/ssh_host_") + kind + "_key" + half});
    // The certificate stays until there is another: a cut between the two must not take its names.
    if (identity.web_page)
        old.changes.emplace_back(RemoveFile{web_page_certificate().key});

    Step own{.id = "identity", .title = "An identity of its own"};
    if (identity.web_page)
        own.changes.emplace_back(KeepCertificate{
            .paths = web_page_certificate(), .request = *identity.web_page, .authority = {}});
    own.programs.push_back({.words = {"/usr/bin/ssh-keygen", "-A"}});
    own.proofs.push_back(
        {.words = {"/usr/bin/test", "-s", "/etc/ssh/ssh_host_ed25519_key"},
         .limit = 1s,
         .otherwise = "There is no SSH host key."});

    // Last: until then it is a copy at its next start, too.
    Step kept = keep_uuid(identity.uuid);
    if (identity.restarts)
        kept.programs.push_back({.words = {"/usr/bin/systemctl", "--no-block", "reboot"}});
    return {std::move(old), std::move(own), std::move(kept)};
}

}  // namespace millrace::configurator
