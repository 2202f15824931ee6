// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/base/json.hpp"
#include "configurator/steps/steps.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

SourceSettings two_vcenters() {
    SourceSettings sources;
    sources.vcenters = {
        {.address = "vc.example.com", .user = "reader", .password = Secret("p\"w 'x")},
        {.address = "other.example.com:8443",
         .user = "r",
         .password = Secret("q"),
         .verify_tls = false}};
    sources.age_max = 600s;
    return sources;
}

Json objects_of(Step const& step) {
    REQUIRE(step.programs.size() == 1);
    auto const list = parse_json(step.programs.front().input.reveal());
    REQUIRE(list);
    return *find_json(*list, "items");
}

}  // namespace

TEST_CASE("sources: each vCenter is a source with its Secret, which stands in no command line") {
    Step const step = sources_step(two_vcenters());
    Json const objects = objects_of(step);
    REQUIRE(objects.size() == 4);
    CHECK(objects[0]["stringData"]["password"] == "p\"w 'x");
    CHECK(objects[1]["kind"] == "VSphereSource");
    CHECK(objects[1]["spec"]["address"] == "https://vc.example.com");
    CHECK(objects[1]["spec"]["skipTLSVerify"] == false);
    CHECK(objects[1]["spec"]["checkpointConfig"]["maxAgeSeconds"] == 600);
    CHECK(objects[3]["metadata"]["name"] == "vcenter2");
    CHECK(objects[3]["spec"]["skipTLSVerify"] == true);
    CHECK(describe({step}).find("p\"w") == std::string::npos);
}

TEST_CASE("proxy: functions learn it from a Secret, the cluster's networks excepted") {
    ProxySettings const proxy{
        .http = "http://proxy.example.com:3128",
        .https = {},
        .user = "site\\user",
        .password = Secret("p@ss:w/rd"),
        .exceptions = {".example.com"}};
    NetworkSettings const network{
        .hostname = "millrace.example.com",
        .pods = *parse_ipv4_network("10.10.0.0/16"),
        .services = *parse_ipv4_network("10.96.0.0/16")};
    Step const step = proxy_step(proxy, network);
    Json const objects = objects_of(step);
    REQUIRE(objects.size() == 1);
    Json const& values = objects[0]["stringData"];
    CHECK(values["http_proxy"] == "http://site%5Cuser:p%40ss%3Aw%2Frd@proxy.example.com:3128");
    CHECK(values["HTTP_PROXY"] == values["http_proxy"]);
    CHECK_FALSE(values.contains("https_proxy"));
    CHECK(
        values["no_proxy"] ==
        "localhost,127.0.0.1,::1,.svc,.cluster.local,10.10.0.0/16,10.96.0.0/16,"
        "millrace.example.com,.example.com");
    CHECK(describe({step}).find("p%40") == std::string::npos);
}

TEST_CASE("proxy: without one the Secret goes") {
    Step const step = proxy_step({}, {});
    REQUIRE(step.programs.size() == 1);
    CHECK(
        describe({step}).find("delete secret millrace-proxy --ignore-not-found") !=
        std::string::npos);
}

TEST_CASE("sources: Horizon and webhook are objects, too; without any nothing is applied") {
    SourceSettings sources;
    sources.horizon = ServerSettings{.address = "h.example.com", .user = "u", .password = {}};
    sources.horizon_domain = "EXAMPLE";
    sources.webhook = true;
    sources.webhook_user = "sender";
    sources.webhook_password = Secret("w");
    Json const objects = objects_of(sources_step(sources));
    REQUIRE(objects.size() == 4);
    CHECK(objects[0]["stringData"]["domain"] == "EXAMPLE");
    CHECK(objects[1]["kind"] == "HorizonSource");
    CHECK(objects[3]["kind"] == "WebhookSource");
    CHECK(objects[3]["spec"]["secretRef"]["name"] == "webhook");
    CHECK(sources_step({}).programs.empty());
}

TEST_CASE("vCenter: one that is not read is a warning that names it") {
    Step const step = vcenter_step(two_vcenters());
    CHECK(step.is_optional);
    REQUIRE(step.proofs.size() == 2);
    CHECK(step.proofs[0].otherwise.starts_with("vc.example.com is not read yet"));
    CHECK(step.proofs[1].words.back() == "--timeout=5s");
}

TEST_CASE("cluster: the networks of the form are the node's, in its files and for its units") {
    NodeSettings const node{
        *parse_ipv4_network("172.20.0.0/20"), *parse_ipv4_network("172.21.0.0/20")};
    Step const step = kubernetes_step(node);
    auto const& environment = std::get<WriteFile>(step.changes.at(0));
    CHECK(environment.path == "/etc/millrace/node.env");
    CHECK(environment.content.reveal().find("SERVICE_CIDR=172.21.0.0/20\n") != std::string::npos);
    auto const& address = std::get<WriteFile>(step.changes.at(1));
    CHECK(address.content.reveal().find("Address=172.20.15.254/32\n") != std::string::npos);
    CHECK(address.content.reveal().find("Destination=172.21.0.0/20\n") != std::string::npos);
}

TEST_CASE(
    "cluster: what is applied is made of the system's templates, so that a newer one is applied") {
    Step const step = knative_step({});
    auto const& objects = std::get<FillTemplate>(step.changes.at(0));
    CHECK(objects.template_path == "/usr/share/millrace/node/objects/knative.yaml");
    CHECK(describe(step.programs.at(0)).find("--filename=" + objects.path) != std::string::npos);
}

TEST_CASE("cluster: one request says which of the definitions are not established") {
    Step const step = definitions_step({});
    REQUIRE(step.proofs.size() == 1);
    CHECK(step.proofs[0].words.back().find("{{.metadata.name}} is not.") != std::string::npos);
    CHECK(step.proofs[0].words.back().ends_with(step.proofs[0].output));
}

TEST_CASE("cluster: Helm goes on after an upgrade that a power cut has ended") {
    Step const step = millrace_step({});
    REQUIRE(step.remedies.size() == 1);
    CHECK(describe(step.remedies[0]).find("pending-install") != std::string::npos);
}
