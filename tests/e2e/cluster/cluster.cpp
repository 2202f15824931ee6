// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/cluster/cluster.hpp"

#include <cstdlib>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// The tag of the images that run: that of the broker's.
std::string const& image_tag() {
    static std::string const tag = [] {
        std::string const image = in_cluster(
            "kubectl get deployment millrace-broker --namespace millrace "
            "--output 'jsonpath={.spec.template.spec.containers[0].image}'");
        return image.substr(image.rfind(':') + 1);
    }();
    return tag;
}

}  // namespace

std::string in_cluster(std::string const& command) {
    char const* const script = std::getenv("MILLRACE_CLUSTER");
    REQUIRE(script != nullptr);
    Ended const ended = run_shell("'" + std::string(script) + "' run " + command);
    INFO(command);
    INFO(ended.output);
    REQUIRE(ended.status == "ended with status 0");
    return ended.output;
}

std::string kubectl(std::string const& arguments) {
    return in_cluster("kubectl --namespace " + std::string(test_namespace) + " " + arguments);
}

void apply_objects(std::string yaml) {
    TemporaryFolder const folder;
    std::filesystem::path const file = folder.path() / "objects.yaml";
    std::string const text = replaced(std::move(yaml), "@TAG@", image_tag());
    REQUIRE(write_file_atomic(file, text, 0600));
    kubectl("apply --filename '" + file.string() + "'");
}

std::string broker_url() {
    std::string const address = in_cluster(
        "kubectl get service millrace-broker --namespace millrace "
        "--output 'jsonpath={.spec.clusterIP}'");
    return "http://" + address + "/" + std::string(test_namespace) + "/default";
}

std::string python_function(std::string const& name, std::string const& code) {
    return R"(---
apiVersion: v1
kind: ConfigMap
metadata: {name: )" +
           name + R"(-code}
data:
  handler.py: |
    )" + replaced(code, "\n", "\n    ") +
           R"(
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: )" +
           name + R"(, labels: {millrace.dev/runtime: python}}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/max-scale: "1"}}
    spec:
      containers:
        - image: dev.local/millrace/python:@TAG@
          readinessProbe: {httpGet: {path: /readyz}}
          volumeMounts: [{name: code, mountPath: /function}]
      volumes: [{name: code, configMap: {name: )" +
           name + R"(-code}}]
)";
}

std::string trigger(
    std::string const& name, std::string const& type, std::string const& subscriber) {
    return R"(---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: )" +
           name + R"(}
spec:
  broker: default
  filters: [{exact: {type: )" +
           type + R"(}}]
  subscriber: )" +
           subscriber + "\n";
}

std::string function_ref(std::string const& name) {
    return "{ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: " + name + "}}";
}

}  // namespace millrace::test
