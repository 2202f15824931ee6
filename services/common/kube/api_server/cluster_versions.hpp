// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/http_message.hpp"
#include "common/kube/api_server/api_access.hpp"
#include "common/net/http_client.hpp"

namespace millrace {

class ApiClient;

struct NamedVersion {
    std::string name;
    std::string version;

    bool operator==(NamedVersion const&) const = default;
};

/// Of an answer to /version: "v1.35.0". Errors: `unavailable` for anything else.
Result<std::string> read_kubernetes_version(HttpResponse const& answer);
/// Of a CustomResourceDefinition, by the label app.kubernetes.io/version that its release gives it;
/// empty where it has none, or may not be read.
std::string read_release_version(HttpResponse const& answer);

/// What a cluster runs, told by its API server. One thread.
class ClusterVersions {
public:
    /// Throws StartupError for certificates that are none.
    ClusterVersions(asio::any_io_executor executor, ApiAccess access);
    ~ClusterVersions();

    /// Kubernetes, and Knative's Serving and Eventing as far as they can be told. Errors: why
    /// nothing is known.
    Task<Result<std::vector<NamedVersion>>> read();

private:
    std::unique_ptr<ApiClient> client_;
};

}  // namespace millrace
