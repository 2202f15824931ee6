// SPDX-License-Identifier: Apache-2.0
// The kinds of sources as the chart defines them, on a real API server, and a router with no other
// rights than the chart's.
#include "tests/e2e/chart/chart.hpp"
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// As VEBA's setup writes them.
constexpr std::string_view veba_objects = R"(
apiVersion: sources.tanzu.vmware.com/v1alpha1
kind: HorizonSource
metadata: {name: horizon-source}
spec:
  sink:
    ref:
      apiVersion: eventing.knative.dev/v1
      kind: Broker
      name: default
      namespace: vmware-functions
  address: https://horizon.example.com
  skipTLSVerify: true
  secretRef: {name: horizon-creds}
  serviceAccountName: horizon-source-sa
  payloadEncoding: application/json
  ceOverrides: {extensions: {site: munich}}
---
apiVersion: sources.tanzu.vmware.com/v1alpha1
kind: VSphereSource
metadata: {name: vsphere-source}
spec:
  sink:
    ref:
      apiVersion: eventing.knative.dev/v1
      kind: Broker
      name: default
      namespace: vmware-functions
  address: https://vcenter.example.com
  checkpointConfig: {maxAgeSeconds: 300, periodSeconds: 10}
  skipTLSVerify: false
  secretRef: {name: vsphere-creds}
  serviceAccountName: vsphere-source-sa
  payloadEncoding: application/json
)";

constexpr std::string_view webhook_source = R"(
apiVersion: sources.millrace.dev/v1alpha1
kind: WebhookSource
metadata: {name: webhook}
spec:
  path: /webhook
  secretRef: {name: webhook}
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}}
)";

/// With the router's ClusterRole, and of the API server's users the one whom nothing else is
/// allowed.
class RunningRouter {
public:
    RunningRouter() : router_(launch(folder_.path())) {}
    ChildService& process() { return router_; }

private:
    static ChildLaunch launch(std::filesystem::path const& folder) {
        RunningApi const& api = running_api();
        std::string const config =
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
            "contexts: [{name: test, context: {cluster: test, user: nobody}}]\n"
            "clusters: [{name: test, cluster: {server: '" +
            find_api_access(api.kubeconfig()).server.origin() + "', certificate-authority: '" +
            (api.kubeconfig().parent_path() / "ca.crt").string() +
            "'}}]\nusers: [{name: nobody, user: {token: " + std::string(token_without_rights) +
            "}}]\n";
        REQUIRE(write_file_atomic(folder / "kubeconfig", config, 0600));
        return {
            .program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-router",
            .arguments =
                {"--store=kubernetes:" + (folder / "kubeconfig").string(),
                 "--state=" + folder.string(),
                 "--address-file=" + (folder / "router.json").string()},
            .log_file = folder / "router.log",
            .address_file = folder / "router.json"};
    }

    TemporaryFolder folder_;
    ChildService router_;
};

constexpr std::string_view binding = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: nobody}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: millrace-millrace-router}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: nobody}]
)";

/// The chart's kinds, without objects, and the router's rights.
void define_kinds() {
    RunningApi const& api = running_api();
    api.apply("{apiVersion: v1, kind: Namespace, metadata: {name: millrace}}");
    api.apply(chart_objects("sources.yaml"));
    api.apply(chart_objects("rights.yaml"));
    api.apply(std::string(binding));
    api.kubectl("wait --for=condition=Established --timeout=20s --all crd");
    api.kubectl("delete vspheresources,horizonsources,webhooksources --all");
}

/// What the object has, but for its status and what the server adds.
std::string spec_of(std::string const& object) {
    return running_api().kubectl("get " + object + " --output jsonpath={.spec}");
}

Task<void> check_unread(RunningRouter& router) {
    RunningApi const& api = running_api();
    api.apply(std::string(veba_objects));
    api.kubectl("delete vspheresource/vsphere-source");
    co_await router.process().start();
    api.kubectl("wait horizonsource/horizon-source --for=condition=Ready=False --timeout=20s");
    std::string const row = api.kubectl("get hs --no-headers --output wide");
    INFO(row);
    for (auto const* part :
         {"https://horizon.example.com", "False", "NotSupportedYet", "does not read HorizonSource"})
        CHECK(row.find(part) != std::string::npos);
    CHECK(
        api.kubectl("get hs/horizon-source --output jsonpath={.status.observedGeneration}") == "1");
}

Task<void> check_late_kind(RunningRouter& router) {
    RunningApi const& api = running_api();
    api.kubectl("delete crd webhooksources.sources.millrace.dev");
    co_await router.process().start();
    api.apply(chart_objects("sources.yaml"));
    api.kubectl("wait --for=condition=Established --timeout=20s --all crd");
    api.apply(std::string(webhook_source));
    api.kubectl("wait webhooksource/webhook --for=condition=Ready=False --timeout=20s");
    CHECK(co_await router.process().stop() == 0);
}

}  // namespace

TEST_CASE("Chart: VEBA's sources apply unchanged, and nothing of them is dropped") {
    define_kinds();
    RunningApi const& api = running_api();
    // kubectl refuses what the kind does not have.
    api.apply(std::string(veba_objects));
    std::string const horizon = spec_of("horizonsource/horizon-source");
    INFO(horizon);
    for (auto const* part :
         {R"("serviceAccountName":"horizon-source-sa")", R"("payloadEncoding":"application/json")",
          R"("ceOverrides":{"extensions":{"site":"munich"}})", R"("namespace":"vmware-functions")",
          R"("skipTLSVerify":true)", R"("secretRef":{"name":"horizon-creds"})"})
        CHECK(horizon.find(part) != std::string::npos);
    std::string const vsphere = spec_of("vspheresource/vsphere-source");
    INFO(vsphere);
    CHECK(vsphere.find(R"("serviceAccountName":"vsphere-source-sa")") != std::string::npos);
}

TEST_CASE("Chart: a router with its rights alone says of a HorizonSource that it is not read") {
    define_kinds();
    asio::io_context io;
    RunningRouter router;
    run_task(io, check_unread(router), 90s);
}

TEST_CASE(
    "Chart: a router is ready without a kind of an older chart, and follows it once defined") {
    define_kinds();
    asio::io_context io;
    RunningRouter router;
    run_task(io, check_late_kind(router), 90s);
}
