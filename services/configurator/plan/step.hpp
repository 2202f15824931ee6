// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"
#include "common/net/certificate_authority.hpp"

namespace millrace::configurator {

/// A file is to have this content and mode; its owner is root.
struct WriteFile {
    std::string path;
    Secret content;
    mode_t mode = 0644;

    bool operator==(WriteFile const&) const = default;
};

/// No such file is to be there.
struct RemoveFile {
    std::string path;

    bool operator==(RemoveFile const&) const = default;
};

/// The folder has these files and no others.
struct KeepFolder {
    std::string path;
    std::vector<WriteFile> files;

    bool operator==(KeepFolder const&) const = default;
};

/// A file is to be another one with each @NAME@ in it replaced; a name without a value is an error.
struct FillTemplate {
    std::string template_path;
    std::string path;
    std::map<std::string, std::string> values;

    bool operator==(FillTemplate const&) const = default;
};

/// A file is to be the same as another one, 0644.
struct CopyFile {
    std::string from;
    std::string path;

    bool operator==(CopyFile const&) const = default;
};

/// The folder is to be there, with this mode and owner.
struct KeepDirectory {
    std::string path;
    mode_t mode = 0755;
    uid_t owner = 0;

    bool operator==(KeepDirectory const&) const = default;
};

/// Nothing is to be in the folder.
struct EmptyFolder {
    std::string path;

    bool operator==(EmptyFolder const&) const = default;
};

/// Where a certificate and its key are: 0644 and 0600.
struct CertificatePaths {
    std::string certificate;
    std::string key;

    bool operator==(CertificatePaths const&) const = default;
};

/// A certificate with its key is to be there as it is asked for, in good time (is_in_good_time), of
/// the authority, or signed by itself where there is none.
struct KeepCertificate {
    CertificatePaths paths;
    CertificateRequest request;
    std::optional<CertificatePaths> authority;

    bool operator==(KeepCertificate const&) const = default;
};

/// A certificate that this appliance has made for itself (its organisation is own_organisation) is
/// to be in good time (is_in_good_time); its names stay. Any other is left alone, and that there is
/// none, too.
struct RenewCertificate {
    CertificatePaths paths;
    seconds life{0};

    bool operator==(RenewCertificate const&) const = default;
};
inline constexpr std::string_view own_organisation = "Millrace appliance";

/// A key that signs, 0600, and its public half are to be there.
struct KeepKeyPair {
    std::string private_path;
    std::string public_path;

    bool operator==(KeepKeyPair const&) const = default;
};

/// A random text of 48 hexadecimal digits is to be there, 0600.
struct KeepToken {
    std::string path;

    bool operator==(KeepToken const&) const = default;
};

/// A random key of 32 bytes, in base64 (RFC 4648, 4), is to be there between two texts; 0600. One
/// that is damaged is an error: what it has encrypted would be lost with it.
struct KeepKey {
    std::string path;
    std::string before;
    std::string after;

    bool operator==(KeepKey const&) const = default;
};

/// The file tells how far the clock is from the time since the machine's start, so that one sees
/// whether somebody has set it since then. Holds while they have not moved apart by a minute.
struct KeepClockOffset {
    std::string path;

    bool operator==(KeepClockOffset const&) const = default;
};

/// A certificate that a controller of the cluster makes, and makes again where its Secret is empty,
/// is to be valid by the clock. A Secret that is not there, or has none yet, is left alone.
struct KeepSecretValid {
    std::string secret;             ///< its name, for messages
    std::vector<std::string> show;  ///< prints the certificate, as PEM; nothing where there is none
    std::vector<std::string> empty;  ///< takes the Secret's data away

    bool operator==(KeepSecretValid const&) const = default;
};

/// What the host is to have, and can be looked at.
using Change = std::variant<
    WriteFile, RemoveFile, KeepFolder, FillTemplate, CopyFile, KeepDirectory, EmptyFolder,
    KeepCertificate, RenewCertificate, KeepKeyPair, KeepToken, KeepKey, KeepClockOffset,
    KeepSecretValid>;

/// A program, one that can run twice. What is secret goes to its input, never among its words.
struct Program {
    std::vector<std::string> words;  ///< the program's path first
    Secret input;
    seconds limit{30};

    bool operator==(Program const&) const = default;
};

/// What shows that a step has come true: a program that ends well, and says `output` where that is
/// given. Asked again until `limit`; then `otherwise` is what a person is told.
struct Proof {
    std::vector<std::string> words;
    std::string output;
    seconds limit{30};
    std::string otherwise;

    bool operator==(Proof const&) const = default;
};

/// One part of a configuration. Its programs run when something had to be changed, or when nothing
/// proves that it holds; so it can be performed again at any time.
struct Step {
    std::string id;     ///< "network"
    std::string title;  ///< "Network", as a person sees it
    std::vector<Change> changes;
    std::vector<Program> programs;
    std::vector<Proof> proofs;
    /// What is known to help where an attempt has failed: run before each but the first.
    std::vector<Program> remedies;
    int attempts_max = 4;
    /// What fails is a warning, and the next step goes on.
    bool is_optional = false;

    bool operator==(Step const&) const = default;
};

/// "write /etc/hostname", for the plan that a person looks at. Nothing secret is in it.
std::string describe(Change const& change);
std::string describe(Program const& program);
/// The whole plan, a line for each thing.
std::string describe(std::vector<Step> const& steps);

/// The path that a change is about, for messages.
std::string const& path_of(Change const& change);

}  // namespace millrace::configurator
