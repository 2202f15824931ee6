// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/node/node_settings.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// Of every certificate but the authority's. It is made anew two thirds through.
inline constexpr seconds node_certificate_life = std::chrono::days(365);

/// Where another life is, for tests of the renewal: "3m". There is no such file by itself.
inline constexpr std::string_view certificate_life_file = "/etc/millrace/certificate-life";
/// What is in it, or node_certificate_life where there is none. Errors: `invalid`.
Result<seconds> read_certificate_life();
/// A minute to as long as ours. Errors: `invalid`.
Result<seconds> parse_certificate_life(std::string_view text);

/// The authority of a node whose files are below `folder`.
CertificatePaths node_authority(std::string const& folder);

/// A kubeconfig(5) at `path` of the client `name` with its `own` certificate, for the API server at
/// `address`, known by the `authority`'s file.
WriteFile kubeconfig(
    std::string path, std::string const& name, std::string const& address,
    CertificatePaths const& own, std::string const& authority);

/// What a node's programs know each other by, below `folder`: certificates of one authority, which
/// live for `life`, the key of service accounts, that of the Secrets in etcd, and a kubeconfig for
/// each client.
///
/// The authority has no end: every pod has it in memory, so another one would mean to start all of
/// them anew, and its key lies beside those of its certificates, for the same reader.
Step certificates_step(
    std::string const& folder, NodeAddresses const& addresses,
    seconds life = node_certificate_life);

}  // namespace millrace::configurator
