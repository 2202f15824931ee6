// SPDX-License-Identifier: Apache-2.0
// The broker with its objects in a real API server, driven by kubectl.
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/e2e/common/kube/running_broker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr milliseconds limit = 20s;

void apply_broker(std::string const& spec = "{}") {
    running_api().apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\n"
        "metadata:\n  name: default\n  namespace: default\n"
        "  annotations: {eventing.knative.dev/broker.class: Millrace}\n"
        "spec: " +
        spec + "\n");
}

void apply_trigger(std::string const& type, std::string const& subscriber) {
    running_api().apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\n"
        "metadata: {name: echo, namespace: default}\n"
        "spec:\n  broker: default\n  filter: {attributes: {type: " +
        type + "}}\n  subscriber: " + subscriber + "\n");
}

void wait_until_ready(std::string const& object) {
    running_api().kubectl("wait --for=condition=Ready --timeout=20s --namespace default " + object);
}

/// What a part of the Trigger's status is, by JSONPath.
std::string shown(std::string const& path) {
    return running_api().kubectl("get trigger echo -n default -o jsonpath='{.status" + path + "}'");
}

std::string reason_of(std::string const& condition) {
    return shown(".conditions[?(@.type==\"" + condition + "\")].reason");
}

void wait_for_reason(std::string const& condition, std::string const& reason) {
    running_api().kubectl(
        "wait --for=jsonpath='{.status.conditions[?(@.type==\"" + condition +
        "\")].reason}'=" + reason + " --timeout=20s -n default trigger/echo");
}

void clean_up() {
    running_api().kubectl("delete brokers,triggers --all --namespace default");
}

Task<void> check_life(Subscriber& subscriber, RunningBroker& broker) {
    RunningApi& api = running_api();
    clean_up();
    apply_broker();
    co_await broker.process().start();
    apply_trigger("a", "{uri: '" + subscriber.url() + "'}");
    wait_until_ready("broker/default");
    wait_until_ready("trigger/echo");
    CHECK(shown(".subscriberUri") == subscriber.url());
    CHECK(
        api.kubectl("get broker default -n default -o jsonpath='{.status.address.url}'") ==
        "http://broker-ingress.millrace.svc.cluster.local/default/default");
    CHECK(co_await broker.post("1", "a") == 202);
    CHECK(co_await comes_true([&] { return subscriber.has("1"); }, limit));

    // Without the API server, what is in force stays so.
    api.kill_api_server();
    CHECK(co_await broker.post("2", "a") == 202);
    CHECK(co_await comes_true([&] { return subscriber.has("2"); }, limit));
    api.start();

    apply_trigger("b", "{uri: '" + subscriber.url() + "'}");
    api.kubectl(
        "wait --for=jsonpath='{.status.observedGeneration}'=2 --timeout=20s -n default "
        "trigger/echo");
    CHECK(co_await broker.post("3", "a") == 202);
    CHECK(co_await broker.post("4", "b") == 202);
    CHECK(co_await comes_true([&] { return subscriber.has("4"); }, limit));
    CHECK_FALSE(subscriber.has("3"));
    CHECK(co_await broker.process().stop() == 0);
    co_await subscriber.stop();
}

constexpr std::string_view mill_crd = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: mills.flows.example.com}
spec:
  group: flows.example.com
  scope: Namespaced
  names: {plural: mills, singular: mill, kind: Mill}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
)";

Task<void> check_kinds(Subscriber& subscriber, RunningBroker& broker) {
    RunningApi& api = running_api();
    clean_up();
    apply_broker();
    apply_trigger(
        "a",
        "{ref: {apiVersion: flows.example.com/v1, kind: Mill, name: wind, namespace: other}, "
        "uri: grain}");
    // A kind that is not served keeps neither the broker from being ready nor others' events.
    co_await broker.process().start();
    wait_for_reason("SubscriberResolved", "SubscriberKindNotServed");
    CHECK(shown(".conditions[?(@.type==\"Ready\")].message").contains("CustomResourceDefinition"));
    CHECK(dump_json(co_await broker.status()).contains("serves no Mill of flows.example.com/v1"));
    // It heals by itself, step by step.
    api.apply(std::string(mill_crd));
    wait_for_reason("SubscriberResolved", "SubscriberDoesNotExist");
    api.apply(
        "apiVersion: flows.example.com/v1\nkind: Mill\nmetadata: {name: wind, namespace: other}\n");
    wait_for_reason("SubscriberResolved", "SubscriberHasNoAddress");
    api.kubectl(
        "patch mill wind -n other --subresource=status --type=merge -p "
        "'{\"status\":{\"address\":{\"url\":\"" +
        subscriber.url() + "\"}}}'");
    wait_until_ready("trigger/echo");
    CHECK(shown(".subscriberUri") == subscriber.url() + "grain");
    CHECK(co_await broker.post("1", "a") == 202);
    CHECK(co_await comes_true([&] { return subscriber.has("1"); }, limit));
    CHECK(subscriber.last_path() == "/grain");
    api.kubectl("delete crd mills.flows.example.com");
    api.kubectl(
        "wait --for=condition=SubscriberResolved=false --timeout=20s -n default trigger/echo");
    CHECK(co_await broker.process().stop() == 0);
    co_await subscriber.stop();
}

Task<void> check_faults(RunningBroker& broker) {
    clean_up();
    co_await broker.process().start();
    running_api().apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\n"
        "metadata: {name: echo, namespace: default}\n"
        "spec:\n  broker: default\n  filters: [{cesql: \"type = 'a' AND (\"}]\n"
        "  subscriber: {uri: 'http://127.0.0.1:9/'}\n");
    wait_for_reason("BrokerReady", "BrokerDoesNotExist");
    apply_broker();
    wait_for_reason("Ready", "InvalidSpec");
    std::string const message = shown(".conditions[?(@.type==\"SubscriptionReady\")].message");
    CHECK(message.contains("/spec/filters/0/cesql"));
    CHECK(message.contains("17"));
    CHECK(reason_of("BrokerReady").empty());
    running_api().kubectl(
        "wait --for=jsonpath='{.count}'=1 --timeout=20s -n default events "
        "--field-selector=involvedObject.name=echo,reason=InvalidSpec");
    CHECK(co_await broker.process().stop() == 0);
}

void apply_defaults(std::string const& text) {
    running_api().apply(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: knative-eventing}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: config-br-defaults, namespace: knative-eventing}\n"
        "data: {default-br-config: '" +
        text + "'}\n");
}

Task<bool> comes_to_status(RunningBroker const& broker, std::string member, std::string text) {
    SteadyTime const deadline = steady_now() + limit;
    while (!dump_json(co_await broker.status()).contains("\"" + member + "\":\"" + text)) {
        if (steady_now() > deadline)
            co_return false;
        co_await sleep_for(20ms);
    }
    co_return true;
}

Task<void> check_defaults(RunningBroker& broker) {
    clean_up();
    apply_defaults("clusterDefault: {brokerClass: Millrace}");
    running_api().apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\n"
        "metadata: {name: default, namespace: default}\n");
    co_await broker.process().start();
    wait_until_ready("broker/default");
    apply_defaults("clusterDefault: [");
    CHECK(co_await comes_to_status(broker, "defaultsTrouble", "ConfigMap knative-eventing/"));
    CHECK(co_await broker.post("1", "a") == 202);
    apply_defaults(
        "clusterDefault: {brokerClass: Millrace, delivery: {deadLetterSink: {uri: "
        "\"http://dead.example.com/\"}}}");
    running_api().kubectl(
        "wait --for=jsonpath='{.status.deadLetterSinkUri}'=http://dead.example.com/ "
        "--timeout=20s -n default broker/default");
    CHECK(co_await comes_to_status(broker, "defaultsTrouble", "\""));
    CHECK(co_await broker.process().stop() == 0);
    running_api().kubectl("delete configmap config-br-defaults -n knative-eventing");
}

}  // namespace

TEST_CASE("Broker on Kubernetes: objects by kubectl, status to kubectl, delivery without either") {
    asio::io_context io;
    Subscriber subscriber(io);
    RunningBroker broker({"--address-url=http://broker-ingress.millrace.svc.cluster.local"});
    run_task(io, check_life(subscriber, broker), 120s);
}

TEST_CASE("Broker on Kubernetes: a subscriber can be of any kind, served now or later") {
    asio::io_context io;
    Subscriber subscriber(io);
    RunningBroker broker;
    run_task(io, check_kinds(subscriber, broker), 120s);
}

TEST_CASE("Broker on Kubernetes: a fault of a Trigger is in its conditions, with its position") {
    asio::io_context io;
    RunningBroker broker;
    run_task(io, check_faults(broker), 60s);
}

TEST_CASE("Broker on Kubernetes: config-br-defaults holds, and bad YAML in it changes nothing") {
    asio::io_context io;
    RunningBroker broker;
    run_task(io, check_defaults(broker), 60s);
}
