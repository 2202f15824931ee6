// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/kube/api_server/cluster_versions.hpp"
#include "common/kube/api_server/pod_logs.hpp"
#include "common/kube/resource_store.hpp"
#include "console/host/function_host.hpp"
#include "console/host/knative_functions.hpp"

namespace millrace::console {

/// The functions that Knative runs in a cluster: known by conditions and pods, heard through the
/// API server. How often they were called, the broker knows.
class KnativeHost final : public FunctionHost {
public:
    /// `store` outlives it; `name_space`: of the functions.
    KnativeHost(
        asio::any_io_executor executor, ResourceStore& store, std::unique_ptr<PodLogs> logs,
        std::unique_ptr<ClusterVersions> versions, std::string name_space);

    Task<Result<Json>> functions(std::vector<Resource> const& services) override;
    Task<void> follow(Told told) override;
    Task<Result<Json>> revisions(Resource service) override;
    Task<Result<Json>> log(std::string function, std::int64_t lines) override;
    Task<Result<HttpAnswer>> follow_log(std::string function, std::int64_t lines) override;
    std::vector<std::string> services() const override { return {}; }
    Task<Result<Json>> platform() override;

private:
    /// `function`: whose; empty: of all.
    Selector selector(std::string const& function) const;
    /// Revisions and pods of `services`, which are those of `function`.
    Task<Result<KnativeObjects>> look(std::vector<Resource> services, std::string function);

    asio::any_io_executor executor_;
    ResourceStore& store_;
    std::shared_ptr<PodLogs> logs_;
    std::unique_ptr<ClusterVersions> versions_;
    std::string name_space_;
};

}  // namespace millrace::console
