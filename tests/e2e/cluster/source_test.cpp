// SPDX-License-Identifier: Apache-2.0
// A vCenter's events through the cluster: router, Broker, Trigger.
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/receiver.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// The simulated vCenter is a pod; its Secret and source are as VEBA's users write them.
constexpr std::string_view objects = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: test-vcenter}
spec:
  selector: {matchLabels: {app: test-vcenter}}
  template:
    metadata: {labels: {app: test-vcenter}}
    spec:
      containers:
        - name: simulator
          image: dev.local/millrace/services:@TAG@
          command: [/usr/bin/millrace-simulator]
          args: [--vcenter-listen=0.0.0.0:8989, --no-tls, --rate=20, --state=/tmp]
          ports: [{containerPort: 8989}]
---
apiVersion: v1
kind: Service
metadata: {name: test-vcenter}
spec: {selector: {app: test-vcenter}, ports: [{port: 80, targetPort: 8989}]}
---
apiVersion: v1
kind: Secret
metadata: {name: test-vcenter}
type: kubernetes.io/basic-auth
stringData: {username: administrator@vsphere.local, password: millrace}
---
apiVersion: sources.tanzu.vmware.com/v1alpha1
kind: VSphereSource
metadata: {name: test-vcenter}
spec:
  address: http://test-vcenter.vmware-functions.svc.cluster.local/sdk
  skipTLSVerify: true
  secretRef: {name: test-vcenter}
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}}
  checkpointConfig: {maxAgeSeconds: 3600, periodSeconds: 10}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: test-vcenter}
spec:
  broker: default
  filters: [{prefix: {type: com.vmware.vsphere.}}]
  subscriber: )";

Task<void> check_events(Receiver& receiver) {
    kubectl("wait deployment/test-vcenter --for=condition=Available --timeout=60s");
    kubectl("wait vspheresource/test-vcenter --for=condition=Ready --timeout=60s");
    CHECK(co_await comes_true([&] { return receiver.distinct() >= 50; }, 60s));
    std::string const row = kubectl("get vspheresource/test-vcenter --no-headers");
    INFO(row);
    CHECK(row.find("True") != std::string::npos);
    CHECK(row.find("http://test-vcenter") != std::string::npos);
    co_await receiver.stop();
}

TEST_CASE("Cluster: a vCenter's events reach a subscriber, and its source says how it stands") {
    asio::io_context io;
    Receiver receiver(io);
    apply_objects(std::string(objects) + receiver.subscriber() + "\n");
    run_task(io, check_events(receiver), 200s);
    kubectl(
        "delete trigger/test-vcenter vspheresource/test-vcenter deployment/test-vcenter "
        "service/test-vcenter secret/test-vcenter");
}

TEST_CASE("Cluster: a source without its Secret says so, and heals when the Secret comes") {
    apply_objects(R"(apiVersion: sources.tanzu.vmware.com/v1alpha1
kind: VSphereSource
metadata: {name: test-late}
spec:
  address: http://10.200.0.254:9/sdk
  secretRef: {name: test-late}
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}}
)");
    kubectl("wait vspheresource/test-late --for=condition=AdapterReady=False --timeout=30s");
    CHECK(
        kubectl("get vspheresource test-late --output yaml")
            .find("Secret vmware-functions/test-late") != std::string::npos);
    kubectl("create secret generic test-late --from-literal=username=u --from-literal=password=p");
    kubectl("wait vspheresource/test-late --for=condition=AdapterReady --timeout=30s");
    kubectl("delete vspheresource/test-late secret/test-late");
}

}  // namespace
