// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/api_server/api_access.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace {

class ApiClient;
class KindNames;

/// The objects of a Kubernetes API server. Where several write one object, each owns its fields
/// (server-side apply as "millrace"): applying without a resourceVersion keeps fields that others
/// own and the object does not name. Watches end before it does.
class KubernetesStore final : public ResourceStore {
public:
    /// Throws StartupError for certificates that are none.
    KubernetesStore(asio::any_io_executor executor, ApiAccess access);
    ~KubernetesStore() override;

    Task<Result<ResourceKind const*>> discover(KindWords words) override;
    Task<Result<Resource>> get(ResourceKind const& kind, ResourceName name) override;
    Task<Result<std::vector<Resource>>> list(ResourceKind const& kind, Selector selector) override;
    Task<Result<Resource>> apply(ResourceKind const& kind, Resource resource) override;
    Task<Result<void>> put_status(
        ResourceKind const& kind, ResourceName name, Json status, std::string uid) override;
    Task<Result<void>> remove(
        ResourceKind const& kind, ResourceName name, std::string uid) override;
    std::unique_ptr<Watch> watch(ResourceKind const& kind, Selector selector) override;

private:
    std::unique_ptr<ApiClient> client_;
    std::unique_ptr<KindNames> kinds_;  ///< of discover
};

}  // namespace millrace
