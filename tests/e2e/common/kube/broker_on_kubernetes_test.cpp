// SPDX-License-Identifier: Apache-2.0
// The broker with its objects in a real API server, driven by kubectl.
#include <set>

#include "common/base/file.hpp"
#include "common/net/http_server.hpp"
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr milliseconds limit = 20s;

/// A subscriber that remembers the ids of its events.
class Subscriber {
public:
    explicit Subscriber(asio::io_context& io)
        : server_(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
        server_.start();
    }

    std::string url() const { return server_.url() + "/"; }
    bool has(std::string const& id) const { return ids_.contains(id); }
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request) {
        ids_.emplace(request.headers.get("ce-id"));
        co_return HttpAnswer();
    }

    std::set<std::string> ids_;
    HttpServer server_;
};

/// A broker whose state folder holds its log and no objects.
class RunningBroker {
public:
    RunningBroker()
        : broker_(
              {.program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-broker",
               .arguments =
                   {"--store=kubernetes:" + running_api().kubeconfig().string(),
                    "--state=" + folder_.path().string(),
                    "--address-file=" + (folder_.path() / "broker.json").string()},
               .log_file = folder_.path() / "broker.log",
               .address_file = folder_.path() / "broker.json"}) {}

    ChildService& process() { return broker_; }

    Task<void> post(std::string id, std::string type) const {
        HttpClient client(co_await asio::this_coro::executor, {});
        HttpRequest event;
        event.method = "POST";
        event.headers = {
            {"ce-specversion", "1.0"},
            {"ce-id", std::move(id)},
            {"ce-source", "test"},
            {"ce-type", std::move(type)}};
        auto const answer =
            co_await client.send(parse_url(broker_.url() + "/default/default").value(), event, 5s);
        REQUIRE(answer);
        CHECK(answer->status == 202);
    }

private:
    TemporaryFolder folder_;
    ChildService broker_;
};

void apply(std::string const& yaml) {
    TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "object.yaml", yaml, 0600));
    running_api().kubectl("apply -f '" + (folder.path() / "object.yaml").string() + "'");
}

void apply_trigger(std::string const& type, std::string const& subscriber) {
    apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\n"
        "metadata: {name: echo, namespace: default}\n"
        "spec:\n  broker: default\n  filter: {attributes: {type: " +
        type + "}}\n  subscriber: {uri: '" + subscriber + "'}\n");
}

void wait_until_ready(std::string const& object) {
    running_api().kubectl("wait --for=condition=Ready --timeout=20s --namespace default " + object);
}

Task<void> check(Subscriber& subscriber, RunningBroker& broker) {
    RunningApi& api = running_api();
    api.kubectl("delete brokers,triggers --all --namespace default");
    apply(
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\n"
        "metadata:\n  name: default\n  namespace: default\n"
        "  annotations: {eventing.knative.dev/broker.class: Millrace}\n");
    co_await broker.process().start();
    apply_trigger("a", subscriber.url());
    wait_until_ready("broker/default");
    wait_until_ready("trigger/echo");
    CHECK(
        api.kubectl("get trigger echo -n default -o jsonpath={.status.subscriberUri}") ==
        subscriber.url());
    co_await broker.post("1", "a");
    CHECK(co_await comes_true([&] { return subscriber.has("1"); }, limit));

    // Without the API server, what is in force stays so.
    api.kill_api_server();
    co_await broker.post("2", "a");
    CHECK(co_await comes_true([&] { return subscriber.has("2"); }, limit));
    api.start();

    apply_trigger("b", subscriber.url());
    api.kubectl(
        "wait --for=jsonpath='{.status.observedGeneration}'=2 --timeout=20s -n default "
        "trigger/echo");
    co_await broker.post("3", "a");
    co_await broker.post("4", "b");
    CHECK(co_await comes_true([&] { return subscriber.has("4"); }, limit));
    CHECK_FALSE(subscriber.has("3"));
    CHECK(co_await broker.process().stop() == 0);
    co_await subscriber.stop();
}

}  // namespace

TEST_CASE("Broker on Kubernetes: objects by kubectl, status to kubectl, delivery without either") {
    asio::io_context io;
    Subscriber subscriber(io);
    RunningBroker broker;
    run_task(io, check(subscriber, broker), 120s);
}
