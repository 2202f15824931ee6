// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_steps.hpp"

#include <algorithm>

#include "configurator/follow/configure.hpp"
#include "configurator/node/node_certificates.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

NodeSettings const settings{
    *parse_ipv4_network("10.10.0.0/16"), *parse_ipv4_network("10.96.0.0/16")};

constexpr seconds life = 3min;

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
    auto const steps =
        node_steps(settings, {.templates = {"config/kubelet.yaml"}, .certificate_life = life});
    perform_all(host, steps);
    CHECK(host.files.contains("/var/lib/millrace/cluster/config/kubelet.yaml"));
    CHECK(host.files.contains("/var/lib/millrace/cluster/certificates/kube-apiserver.crt"));
    std::string const client = host.files.at("/var/lib/millrace/cluster/kubeconfig/kubelet");
    CHECK(client.find("https://10.10.255.254:6443") != std::string::npos);
    auto const files = host.files;
    perform_all(host, steps);
    CHECK(host.files == files);
}

TEST_CASE("node: its programs are started anew where a certificate or the clock is another") {
    RecordingHost host;
    auto const steps = node_steps(settings, {.certificate_life = life});
    auto const restarts = [&] {
        host.ran.clear();
        ConfigurationMachine machine(steps, {"node-files", "node-certificates", "node-web"});
        REQUIRE(perform(machine, host, [](auto const&) { return Result<void>(); }));
        return std::ranges::count_if(host.ran, [](std::string const& line) {
            return line ==
                   "run /usr/bin/systemctl --no-block try-restart millrace-kube-apiserver.service "
                   "millrace-kubernetes.service millrace-coredns.service";
        });
    };
    CHECK(restarts() == 1);
    CHECK(restarts() == 0);
    host.files.erase("/var/lib/millrace/cluster/certificates/kube-scheduler.crt");
    CHECK(restarts() == 1);
    host.files.erase(std::string(clock_offset_file));
    CHECK(restarts() == 1);
}

TEST_CASE("node: no certificate lives longer than it is told, and the authority has no end") {
    int authorities = 0;
    for (Step const& step : node_steps(settings, {.certificate_life = life}))
        for (Change const& change : step.changes) {
            if (auto const* const renewed = std::get_if<RenewCertificate>(&change))
                CHECK(renewed->life == life);
            auto const* const kept = std::get_if<KeepCertificate>(&change);
            if (kept == nullptr)
                continue;
            INFO(kept->paths.certificate);
            authorities += kept->request.is_authority ? 1 : 0;
            CHECK(
                kept->request.life ==
                (kept->request.is_authority ? CertificateRequest::endless : life));
        }
    CHECK(authorities == 1);
}

TEST_CASE("node: the file with another life is a duration of at least a minute, or told") {
    CHECK(parse_certificate_life("3m\n") == seconds(3min));
    CHECK(parse_certificate_life("48h") == seconds(48h));
    for (auto const* wrong : {"", "3", "59s", "8761h", "a year", "-3m"}) {
        INFO(wrong);
        auto const parsed = parse_certificate_life(wrong);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().detail.starts_with("/etc/millrace/certificate-life must be"));
    }
}

TEST_CASE("webhooks: what is not valid is taken away, so that Knative makes it anew") {
    Step const step = webhooks_step();
    REQUIRE(step.changes.size() == 2);
    auto const& serving = std::get<KeepSecretValid>(step.changes.front());
    CHECK(serving.secret == "knative-serving/webhook-certs");
    CHECK(serving.empty.back() == R"(--patch={"data":null})");
}

TEST_CASE("node: an import that was cut off is thrown away whole, before containerd starts") {
    CHECK(empties_containers(node_steps(settings, {.images_are_whole = false})));
    CHECK_FALSE(empties_containers(node_steps(settings, {})));
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
