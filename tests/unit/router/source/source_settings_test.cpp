// SPDX-License-Identifier: Apache-2.0
#include "router/source/source_settings.hpp"

#include "common/base/yaml.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

Resource source(std::string const& spec) {
    Resource resource;
    resource.object = parse_yaml("metadata: {name: vc}\nspec:\n" + spec, "f").value().front().value;
    return resource;
}

}  // namespace

TEST_CASE("VSphereSource: what Tanzu's sources accept is read, an address gets /sdk") {
    auto const settings = parse_source(source(
        "  address: https://vc.example.com\n  skipTLSVerify: true\n  secretRef: {name: creds}\n"
        "  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}}\n"
        "  checkpointConfig: {maxAgeSeconds: 300, periodSeconds: 10}\n"
        "  payloadEncoding: application/json\n  ceOverrides: {extensions: {site: munich}}\n"));
    REQUIRE(settings);
    CHECK(settings->address == "https://vc.example.com/sdk");
    CHECK_FALSE(settings->verify_tls);
    CHECK(settings->secret_name == "creds");
    CHECK(settings->sink_broker.text() == "default/default");
    CHECK(settings->max_age == 300s);
    CHECK(settings->extensions.at("site") == "munich");
}

TEST_CASE("VSphereSource: all faults are told at once, each with its place") {
    auto const settings = parse_source(
        source("  address: ftp://vc\n  sink: {ref: {kind: Channel}}\n  checkpointConfig: "
               "{maxAgeSeconds: -1}\n  payloadEncoding: application/xml\n"));
    REQUIRE_FALSE(settings);
    std::string const text = to_string(settings.error());
    INFO(text);
    for (auto const* place :
         {"/address", "/secretRef/name", "/sink/ref/kind", "/checkpointConfig/maxAgeSeconds",
          "/payloadEncoding"})
        CHECK(text.find(place) != std::string::npos);
    CHECK(settings.error().size() == 5);
}
