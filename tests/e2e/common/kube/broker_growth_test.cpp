// SPDX-License-Identifier: Apache-2.0
// What objects cost: memory of the broker, requests to the API server, time until one is in force.
#include <fstream>
#include <sstream>

#include "common/kube/api_server/kubernetes_store.hpp"
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/e2e/common/kube/running_broker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int namespaces = 20;
constexpr int functions = 200;
constexpr int triggers = 500;
constexpr std::int64_t object_bytes_max = 8192;
constexpr std::int64_t object_requests_max = 3;

std::int64_t resident_bytes(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    std::int64_t kib = 0;
    while (file >> word)
        if (word == "VmRSS:" && file >> kib)
            return kib * 1024;
    FAIL("The kernel does not say how much memory " << pid << " has.");
    return 0;
}

std::string space(int i) {
    return "growth-" + std::to_string(i % namespaces);
}

Json object(ResourceKind const& kind, std::string const& name_space, std::string const& name) {
    Json json;
    json["apiVersion"] = kind.api_version();
    json["kind"] = kind.kind;
    json["metadata"] = {{"name", name}, {"namespace", name_space}};
    return json;
}

Json trigger(int i, std::string const& type) {
    Json json = object(kinds::trigger, space(i), "t" + std::to_string(i));
    json["spec"]["broker"] = "default";
    json["spec"]["filter"]["attributes"]["type"] = type;
    json["spec"]["subscriber"]["ref"] = {
        {"apiVersion", kinds::service.api_version()},
        {"kind", "Service"},
        {"name", "f" + std::to_string(i % functions)},
        {"namespace", space(i % functions)}};
    return json;
}

void create(std::vector<Json> const& objects) {
    std::string all;
    for (Json const& one : objects)
        all += dump_json(one) + "\n---\n";
    running_api().create(all);
}

void create_namespaces_and_brokers() {
    std::vector<Json> objects;
    for (int i = 0; i < namespaces; ++i) {
        Json name_space{{"apiVersion", "v1"}, {"kind", "Namespace"}};
        name_space["metadata"]["name"] = space(i);
        objects.push_back(std::move(name_space));
        Json broker = object(kinds::broker, space(i), "default");
        broker["metadata"]["annotations"]["eventing.knative.dev/broker.class"] = "Millrace";
        objects.push_back(std::move(broker));
    }
    create(objects);
}

void create_functions_and_triggers() {
    std::vector<Json> objects;
    for (int i = 0; i < functions; ++i) {
        Json service = object(kinds::service, space(i), "f" + std::to_string(i));
        Json container{{"image", "registry.example.com/f"}, {"env", Json::array()}};
        service["spec"]["template"]["spec"]["containers"] = Json::array({container});
        objects.push_back(std::move(service));
    }
    for (int i = 0; i < triggers; ++i)
        objects.push_back(trigger(i, "com.vmware.event." + std::to_string(i)));
    create(objects);
}

/// Requests for single objects of this kind so far; who creates and waits does not make them.
std::int64_t requests_for(ResourceKind const& kind) {
    std::istringstream lines(running_api().kubectl("get --raw /metrics"));
    std::int64_t sum = 0;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("apiserver_request_total{") &&
            line.contains("group=\"" + std::string(kind.group) + "\"") &&
            line.contains("resource=\"" + std::string(kind.plural) + "\"") &&
            line.contains("scope=\"resource\"") && !line.contains("verb=\"POST\"") &&
            !line.contains("verb=\"WATCH\""))
            sum += std::stoll(line.substr(line.rfind(' ') + 1));
    return sum;
}

Task<bool> has_all_triggers(RunningBroker const& broker) {
    SteadyTime const deadline = steady_now() + 60s;
    while (steady_now() < deadline) {
        Json const status = co_await broker.status();
        if (Json const* all = find_json(status, "triggers");
            all != nullptr && all->size() == triggers)
            co_return true;
        co_await sleep_for(50ms);
    }
    co_return false;
}

/// Until the requests for the kind have not become more for a second.
Task<std::int64_t> settled_requests(ResourceKind const& kind) {
    std::int64_t last = -1;
    for (std::int64_t now = requests_for(kind); now != last; now = requests_for(kind)) {
        last = now;
        co_await sleep_for(1s);
    }
    co_return last;
}

Task<void> check_one_more(Subscriber& subscriber, RunningBroker& broker, ResourceStore& store) {
    Json one = object(kinds::trigger, space(0), "one-more");
    one["spec"]["broker"] = "default";
    one["spec"]["filter"]["attributes"]["type"] = "one.more";
    one["spec"]["subscriber"]["uri"] = subscriber.url();
    REQUIRE(co_await store.apply(kinds::trigger, {.object = one}));
    SteadyTime const written = steady_now();
    int posted = 0;
    while (subscriber.last_path().empty() && steady_now() < written + 10s) {
        co_await broker.post_to("/" + space(0) + "/default", std::to_string(++posted), "one.more");
        co_await sleep_for(10ms);
    }
    auto const took = std::chrono::duration_cast<milliseconds>(steady_now() - written);
    WARN("in force, and the first event delivered, " << took.count() << " ms after it was written");
    CHECK(took < 1s);
}

Task<void> check_growth(Subscriber& subscriber, RunningBroker& broker, ResourceStore& store) {
    create_namespaces_and_brokers();
    co_await broker.process().start();
    std::int64_t const bytes_before = resident_bytes(broker.process().pid());
    std::int64_t const before = requests_for(kinds::trigger) + requests_for(kinds::service);
    create_functions_and_triggers();
    CHECK(co_await has_all_triggers(broker));
    std::int64_t const after =
        co_await settled_requests(kinds::trigger) + co_await settled_requests(kinds::service);
    std::int64_t const bytes =
        (resident_bytes(broker.process().pid()) - bytes_before) / (functions + triggers);
    WARN(
        bytes << " bytes an object, " << after - before << " requests for " << triggers
              << " new Triggers and " << functions << " new functions");
    CHECK(bytes <= object_bytes_max);
    CHECK(after - before <= object_requests_max * triggers);

    // A function gets an address: its Triggers' statuses follow, nobody else's.
    running_api().kubectl(
        "patch services.serving.knative.dev f0 -n growth-0 --subresource=status --type=merge -p "
        "'{\"status\":{\"address\":{\"url\":\"http://f0.growth-0.svc.cluster.local\"}}}'");
    running_api().kubectl("wait --for=condition=Ready --timeout=20s -n growth-0 trigger/t0");
    std::int64_t const addressed = co_await settled_requests(kinds::trigger);
    std::int64_t const users = (triggers + functions - 1) / functions;
    std::int64_t const more = addressed + requests_for(kinds::service) - after;
    WARN(more << " requests for an address that " << users << " Triggers follow, two of kubectl's");
    CHECK(more <= object_requests_max * users + 2);
    co_await check_one_more(subscriber, broker, store);
    CHECK(co_await broker.process().stop() == 0);
    co_await subscriber.stop();
}

}  // namespace

TEST_CASE("Broker growth: 200 functions and 500 Triggers in 20 namespaces stay cheap") {
    asio::io_context io;
    Subscriber subscriber(io);
    RunningBroker broker;
    KubernetesStore store(io.get_executor(), find_api_access(running_api().kubeconfig()));
    run_task(io, check_growth(subscriber, broker, store), 300s);
}
