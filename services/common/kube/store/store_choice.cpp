// SPDX-License-Identifier: Apache-2.0
#include "common/kube/store/store_choice.hpp"

#include "common/kube/api_server/kubernetes_store.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "common/kube/directory/object_check.hpp"

namespace millrace {
namespace {

StoreChoice choice_of(FlagValues const& flags) {
    auto choice = read_store_choice(flags.text("store"), flags.text("state"));
    if (!choice)
        throw StartupError("--store: " + choice.error().detail);
    return std::move(*choice);
}

}  // namespace

Flag store_flag() {
    return {
        .name = "store",
        .help =
            "Where the objects are: directory:PATH or kubernetes[:KUBECONFIG]; none: the "
            "folder of --state."};
}

Result<StoreChoice> read_store_choice(std::string_view text, std::string const& state) {
    if (text.empty())
        return StoreChoice{.path = state};
    auto const colon = text.find(':');
    std::string_view const kind = text.substr(0, colon);
    std::string_view const path =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    bool const has_path = !path.empty();
    if (kind == "directory" && has_path)
        return StoreChoice{.path = path};
    if (kind == "kubernetes" && has_path == (colon != std::string_view::npos))
        return StoreChoice{.kind = StoreChoice::Kind::kubernetes, .path = path};
    return failure(
        ErrorCode::invalid, "\"" + std::string(text) +
                                "\" is no store; write directory:PATH, kubernetes or "
                                "kubernetes:KUBECONFIG.");
}

std::unique_ptr<ResourceStore> open_store(asio::any_io_executor executor, FlagValues const& flags) {
    StoreChoice const choice = choice_of(flags);
    if (choice.kind == StoreChoice::Kind::directory)
        return std::make_unique<DirectoryStore>(std::move(executor), choice.path);
    return std::make_unique<KubernetesStore>(std::move(executor), find_api_access(choice.path));
}

std::unique_ptr<PodLogs> open_pod_logs(asio::any_io_executor executor, FlagValues const& flags) {
    return std::make_unique<PodLogs>(std::move(executor), find_api_access(choice_of(flags).path));
}

std::unique_ptr<ClusterVersions> open_cluster_versions(
    asio::any_io_executor executor, FlagValues const& flags) {
    return std::make_unique<ClusterVersions>(
        std::move(executor), find_api_access(choice_of(flags).path));
}

bool is_in_kubernetes(FlagValues const& flags) {
    return choice_of(flags).kind == StoreChoice::Kind::kubernetes;
}

Faults check_store(
    FlagValues const& flags, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check) {
    auto const choice = read_store_choice(flags.text("store"), flags.text("state"));
    if (!choice)
        return {{"--store", choice.error().detail}};
    if (choice->kind == StoreChoice::Kind::directory)
        return check_objects(choice->path, kind, check);
    return {
        {"--check",
         "reads " + kind.folder() +
             " from a folder; those in Kubernetes say by conditions what is wrong with them."}};
}

}  // namespace millrace
