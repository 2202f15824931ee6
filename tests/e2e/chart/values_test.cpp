// SPDX-License-Identifier: Apache-2.0
// The chart's values: what is wrong is refused before anything is installed.
#include "tests/e2e/chart/chart.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// values.yaml of VMware's chart event-router 0.8.
constexpr std::string_view old_values = R"(
replicaCount: 1
image: {repository: vmware/veba-event-router, pullPolicy: Always}
imagePullSecrets: []
nameOverride: ""
fullnameOverride: ""
serviceAccount: {name: vmware-event-router}
podAnnotations: {}
podSecurityContext: {}
securityContext: {}
resources: {}
autoscaling: {enabled: false}
nodeSelector: {}
tolerations: []
affinity: {}
eventrouter:
  config:
    name: config
    fileName: config.yaml
    mountPath: /etc/vmware-event-router/
    logLevel: info
    json: false
  eventProvider: vcenter
  eventProcessor: knative
  vcenter:
    address: https://10.0.0.1/sdk
    username: administrator@vsphere.local
    password: ReplaceMe
    insecure: true
  webhook: {port: 8080, path: webhook, username: "", password: ""}
  horizon:
    address: https://10.0.0.2
    insecure: false
    domain: corp
    username: u
    password: ReplaceMe
  openfaas:
    address: http://gateway.openfaas:8080
    async: false
    basicAuth: true
    username: admin
    password: ReplaceMe
  knative:
    encoding: binary
    insecureSSL: false
    destination:
      ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default, namespace: default}
  metrics: {type: ClusterIP, port: 8082}
)";

/// What helm says to these values; they must be refused.
std::string refusal(std::string const& values) {
    auto const ended = helm("template millrace", values);
    INFO(ended.output);
    REQUIRE(ended.status == "ended with status 1");
    CHECK(ended.output.find("kind: Deployment") == std::string::npos);
    return ended.output;
}

TEST_CASE("Chart: it is without fault, and its own values are taken") {
    auto const linted = helm("lint --strict");
    INFO(linted.output);
    CHECK(linted.status == "ended with status 0");
    auto const objects = helm("template millrace");
    INFO(objects.output);
    CHECK(objects.status == "ended with status 0");
    CHECK(objects.output.find("kind: Deployment") != std::string::npos);
}

TEST_CASE("Chart: a value of a wrong name or type is refused by its place") {
    CHECK(refusal("--set brokr.enabled=true").find("'brokr' not allowed") != std::string::npos);
    CHECK(
        refusal("--set-string broker.enabled=yes").find("at '/broker/enabled'") !=
        std::string::npos);
    CHECK(refusal("--set eventrouter.foo=1").find("'foo' not allowed") != std::string::npos);
}

TEST_CASE("Chart: values of the Event Router's chart are refused at once, with their new names") {
    TemporaryFolder const folder;
    auto const file = folder.path() / "values.yaml";
    REQUIRE(write_file_atomic(file, old_values, 0600));
    std::string const said = refusal("--values '" + file.string() + "'");
    INFO(said);
    for (auto const* line :
         {"image.repository: image.services\n", "serviceAccount: nothing",
          "eventrouter.vcenter.address: spec.address of a VSphereSource\n",
          "eventrouter.vcenter.username: username in the Secret",
          "eventrouter.vcenter.password: password in the Secret",
          "eventrouter.vcenter.insecure: spec.skipTLSVerify of a VSphereSource\n",
          "eventrouter.knative.destination: spec.sink of the VSphereSource\n",
          "eventrouter.horizon: the spec of a HorizonSource",
          "eventrouter.webhook: a WebhookSource",
          "eventrouter.openfaas: ", "eventrouter.eventProvider: ", "eventrouter.eventProcessor: ",
          "eventrouter.config: ", "eventrouter.metrics: "})
        CHECK(said.find(std::string("  ") + line) != std::string::npos);
    // What asks for nothing is not told, and never a value.
    for (auto const* text : {"replicaCount", "nodeSelector", "autoscaling", "ReplaceMe", "10.0.0"})
        CHECK(said.find(text) == std::string::npos);
}

TEST_CASE("Chart: an old value that asks for nothing, or for what is so anyway, is taken") {
    auto const taken = helm(
        "template millrace",
        "--set replicaCount=1,autoscaling.enabled=false,nameOverride= "
        "--set eventrouter.vcenter.insecure=false");
    INFO(taken.output);
    CHECK(taken.status == "ended with status 0");
    CHECK(refusal("--set replicaCount=2").find("replicaCount: nothing") != std::string::npos);
}

}  // namespace
