// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// What a machine is by its UUID, beside the one that was kept when it was looked at last.
enum class Origin {
    unknown,  ///< it has no UUID that tells it from others
    first,    ///< none was kept
    same,
    copy,  ///< of the disks of another one: the hypervisor gives each copy a UUID of its own
};

/// A UUID whose first three fields are turned round is the same: a newer virtual hardware shows
/// them so (SMBIOS 2.6, 7.2.1).
Origin origin_of(std::optional<std::string> const& kept, std::string_view uuid);

/// Where it is kept, and where stands that the form of a copy is not followed yet.
inline constexpr std::string_view machine_uuid_file = "/etc/millrace/machine-uuid";
inline constexpr std::string_view copy_mark_file = "/etc/millrace/is-copy";

/// Keeps the UUID of a machine that is looked at for the first time.
std::vector<Step> first_identity_steps(std::string const& uuid);

/// What a copy must not share with the machine that it was copied from.
struct NewIdentity {
    std::string uuid;
    std::string machine_id;
    /// The web page's own certificate; nothing where it has none, or one that was given.
    std::optional<CertificateRequest> web_page;
    /// Programs that run already know the old identity. Not where it was a copy before: a UUID
    /// that is another at each start must not start it for ever.
    bool restarts = true;
};

/// Gives it what names a machine to others: machine-id, SSH host keys, the web page's key. What
/// nobody outside ever sees stays, for the data need it: the cluster's authority, tokens, the key
/// of its Secrets.
std::vector<Step> copy_steps(NewIdentity const& identity);

}  // namespace millrace::configurator
