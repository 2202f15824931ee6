// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/node/node_settings.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

inline constexpr seconds node_certificate_life = std::chrono::days(365);

/// The authority of a node whose files are below `folder`.
CertificatePaths node_authority(std::string const& folder);

/// A kubeconfig(5) at `path` of the client `name` with its `own` certificate, for the API server at
/// `address`, known by the `authority`'s file.
WriteFile kubeconfig(
    std::string path, std::string const& name, std::string const& address,
    CertificatePaths const& own, std::string const& authority);

/// What a node's programs know each other by, below `folder`: certificates of one authority, the
/// key of service accounts, that of the Secrets in etcd, and a kubeconfig for each client.
Step certificates_step(std::string const& folder, NodeAddresses const& addresses);

}  // namespace millrace::configurator
