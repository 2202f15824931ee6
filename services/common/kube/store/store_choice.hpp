// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "common/base/flags.hpp"
#include "common/kube/api_server/cluster_versions.hpp"
#include "common/kube/api_server/pod_logs.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace {

/// Where a service's objects are.
struct StoreChoice {
    enum class Kind { directory, kubernetes };
    Kind kind = Kind::directory;
    std::filesystem::path path;  ///< the folder, or the kubeconfig; empty: as kubectl looks for one

    bool operator==(StoreChoice const&) const = default;
};

/// --store, of every service that reads objects.
Flag store_flag();

/// "directory:PATH", "kubernetes" or "kubernetes:KUBECONFIG"; empty: the folder `state`. Errors:
/// `invalid` for anything else.
Result<StoreChoice> read_store_choice(std::string_view text, std::string const& state);

/// The store that --store and --state name. Errors: StartupError.
std::unique_ptr<ResourceStore> open_store(asio::any_io_executor executor, FlagValues const& flags);

/// The logs of the pods beside the objects of --store kubernetes. Errors: StartupError.
std::unique_ptr<PodLogs> open_pod_logs(asio::any_io_executor executor, FlagValues const& flags);

/// What the cluster of --store kubernetes runs. Errors: StartupError.
std::unique_ptr<ClusterVersions> open_cluster_versions(
    asio::any_io_executor executor, FlagValues const& flags);

/// Whether --store names a Kubernetes API server. Errors: StartupError.
bool is_in_kubernetes(FlagValues const& flags);

/// What is wrong with the objects of `kind` in the folder that --store and --state name
/// (check_objects). Another store than a folder is a fault: in Kubernetes, conditions tell it.
Faults check_store(
    FlagValues const& flags, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check);

}  // namespace millrace
