// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/cluster_versions.hpp"

#include <array>

#include "common/base/json.hpp"
#include "common/kube/api_server/api_client.hpp"

namespace millrace {
namespace {

constexpr char const* definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";
constexpr std::array<std::pair<char const*, char const*>, 2> releases = {
    {{"Knative Serving", "services.serving.knative.dev"},
     {"Knative Eventing", "triggers.eventing.knative.dev"}}};

/// Its metadata alone: the definition itself has 100 KiB.
ApiCall metadata_call(std::string path) {
    ApiCall call = get_call(std::move(path));
    call.request.headers.set(
        "Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    return call;
}

}  // namespace

Result<std::string> read_kubernetes_version(HttpResponse const& answer) {
    auto const json = parse_json(answer.body);
    std::string version = answer.status == 200 && json ? string_at(*json, "gitVersion") : "";
    if (version.empty())
        return failure(
            ErrorCode::unavailable, "The API server does not tell its version; it answers " +
                                        std::to_string(answer.status) + ".");
    return version;
}

std::string read_release_version(HttpResponse const& answer) {
    auto json = parse_json(answer.body);
    if (answer.status != 200 || !json)
        return {};
    return Resource{.object = std::move(*json)}.label("app.kubernetes.io/version");
}

ClusterVersions::ClusterVersions(asio::any_io_executor executor, ApiAccess access)
    : client_(std::make_unique<ApiClient>(std::move(executor), std::move(access))) {}

ClusterVersions::~ClusterVersions() = default;

Task<Result<std::vector<NamedVersion>>> ClusterVersions::read() {
    auto const answer = co_await client_->send(get_call("/version"));
    if (!answer)
        co_return std::unexpected(answer.error());
    auto version = read_kubernetes_version(*answer);
    if (!version)
        co_return std::unexpected(version.error());
    std::vector<NamedVersion> versions = {{"Kubernetes", std::move(*version)}};
    for (auto const& [name, definition] : releases) {
        auto const told =
            co_await client_->send(metadata_call(std::string(definitions) + definition));
        if (!told)
            co_return std::unexpected(told.error());
        if (std::string release = read_release_version(*told); !release.empty())
            versions.push_back({name, std::move(release)});
    }
    co_return versions;
}

}  // namespace millrace
