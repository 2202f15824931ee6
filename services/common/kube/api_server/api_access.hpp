// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "common/net/http_client.hpp"

namespace millrace {

/// Where a Kubernetes API server is, and as whom we speak to it.
struct ApiAccess {
    Url server;  ///< its target is the path before every other, without a slash at its end
    TlsTrust trust;
    std::optional<ClientCertificate> certificate;
    Secret token;
    /// Where the token is, instead of `token`: read again now and then, since what Kubernetes
    /// mounts into a pod is replaced within the hour.
    std::string token_file;
};

using ReadText = std::function<Result<std::string>(std::filesystem::path const&)>;

/// Reads a kubeconfig as kubectl does, with its current context. Files that it names are relative
/// to its own folder. `read` gives their text. Pure but for that. Faults: all that is wrong, with
/// file and line; also what we do not do: signing in by a program (exec, auth-provider) or by
/// password, proxies, another name for TLS.
Checked<ApiAccess> read_kubeconfig(
    std::string_view text, std::filesystem::path const& file, ReadText const& read);

/// As whom a pod speaks: its service account, by the files that Kubernetes mounts into it.
/// `host`, `port`: KUBERNETES_SERVICE_HOST and _PORT. Faults: what cannot be read.
Checked<ApiAccess> read_service_account(
    std::string const& host, std::string const& port, ReadText const& read);

/// The kubeconfig at `file`; where it is empty, as kubectl looks for one: $KUBECONFIG,
/// ~/.kube/config, then the pod's service account. Blocks. Errors: StartupError.
ApiAccess find_api_access(std::filesystem::path const& file);

}  // namespace millrace
