// SPDX-License-Identifier: Apache-2.0
// Nothing is lost when what runs in the cluster is killed while events come.
#include <iostream>
#include <random>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/receiver.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/environment_number.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::size_t events_between_kills = 200;
// The kubelet is one of several in the process of this name.
constexpr std::array<std::string_view, 5> victims = {
    "millrace-broker", "etcd", "kube-apiserver", "containerd", "kubernetes"};

/// What was killed last, and what ended with it, may need a moment: the API server, or a webhook of
/// Knative's that it asks about a Trigger.
void until_done(std::string const& arguments) {
    in_cluster(
        "timeout 120 sh -c 'until kubectl --namespace " + std::string(test_namespace) + " " +
        arguments + " >/dev/null 2>&1; do sleep 0.5; done'");
}

Task<void> post_some(HttpClient& client, std::string url, std::size_t& posted) {
    for (std::size_t n = 0; n < events_between_kills; ++n)
        co_await post_event(client, url, std::to_string(posted++), "test.kill", 60s);
}

Task<void> check_kills(asio::io_context& io, Receiver& receiver, std::uint32_t seed) {
    std::mt19937 random(seed);
    auto order = victims;
    std::ranges::shuffle(order, random);
    HttpClient client(io.get_executor(), {});
    std::string const url = broker_url();
    std::size_t posted = 0;
    co_await post_some(client, url, posted);
    for (std::string_view const victim : order) {
        std::cout << "kill -9 " << victim << " after " << posted << " events\n";
        in_cluster("pkill -KILL -x " + std::string(victim).substr(0, 15));
        co_await post_some(client, url, posted);
    }
    CHECK(co_await comes_true([&] { return receiver.distinct() >= posted; }, 120s));
    std::size_t lost = 0;
    std::size_t repeated = 0;
    for (std::size_t id = 0; id < posted; ++id) {
        std::size_t const count = receiver.count(std::to_string(id));
        lost += count == 0 ? 1 : 0;
        repeated += count > 1 ? 1 : 0;
    }
    std::cout << posted << " events, " << lost << " lost, " << repeated << " repeated\n";
    CHECK(lost == 0);
    co_await receiver.stop();
}

TEST_CASE("Cluster: kill -9 of broker, etcd, API server, containerd, kubelet loses no event") {
    auto const seed = static_cast<std::uint32_t>(
        environment_number("MILLRACE_CLUSTER_SEED").value_or(std::random_device{}()));
    std::cout << "seed: " << seed << " (MILLRACE_CLUSTER_SEED)\n";
    asio::io_context io;
    Receiver receiver(io);
    apply_objects(trigger("test-kill", "test.kill", receiver.subscriber()));
    kubectl("wait trigger/test-kill --for=condition=Ready --timeout=30s");
    run_task(io, check_kills(io, receiver, seed), 500s);
    until_done("wait --for=condition=Ready node --all --timeout=10s");
    until_done("delete --ignore-not-found trigger/test-kill");
}

}  // namespace
