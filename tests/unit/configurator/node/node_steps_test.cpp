// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_steps.hpp"

#include <algorithm>

#include "configurator/follow/configure.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

NodeSettings const settings{
    *parse_ipv4_network("10.10.0.0/16"), *parse_ipv4_network("10.96.0.0/16")};

bool empties_containers(std::vector<Step> const& steps) {
    return std::ranges::any_of(steps.front().changes, [](Change const& change) {
        auto const* const empty = std::get_if<EmptyFolder>(&change);
        return empty != nullptr && empty->path == container_folder;
    });
}

void perform_all(RecordingHost& host, std::vector<Step> steps) {
    ConfigurationMachine machine(std::move(steps));
    auto const done = perform(machine, host, [](auto const&) { return Result<void>(); });
    REQUIRE(done);
    REQUIRE(*done);
}

}  // namespace

TEST_CASE("node: certificates, clients and files are made once, and stay") {
    RecordingHost host;
    auto const steps = node_steps(settings, {"config/kubelet.yaml"}, true);
    perform_all(host, steps);
    CHECK(host.files.contains("/var/lib/millrace/cluster/config/kubelet.yaml"));
    CHECK(host.files.contains("/var/lib/millrace/cluster/certificates/kube-apiserver.crt"));
    std::string const client = host.files.at("/var/lib/millrace/cluster/kubeconfig/kubelet");
    CHECK(client.find("https://10.10.255.254:6443") != std::string::npos);
    auto const files = host.files;
    perform_all(host, steps);
    CHECK(host.files == files);
}

TEST_CASE("node: an import that was cut off is thrown away whole, before containerd starts") {
    CHECK(empties_containers(node_steps(settings, {}, false)));
    CHECK_FALSE(empties_containers(node_steps(settings, {}, true)));
}

TEST_CASE("images: each archive is imported once, and its packed layers go") {
    RecordingHost host;
    auto const steps = image_steps({"/share/a.tar", "/share/b.tar"});
    perform_all(host, steps);
    REQUIRE(host.ran.size() == 4);
    CHECK(host.ran[0].ends_with("k8s.io images import /share/a.tar"));
    CHECK(host.ran[1].ends_with("k8s.io content prune references"));
    CHECK(steps[1].id == "b.tar");
}
