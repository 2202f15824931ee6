// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_sources.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

Resource vcenter() {
    Resource source;
    source.object = parse_json(R"({"metadata": {"name": "lab", "namespace": "default"},
        "spec": {"address": "https://vc/sdk"}})")
                        .value();
    return source;
}

constexpr char const* vcenter_report = R"({"kind": "VSphereSource", "name": "lab",
    "namespace": "default", "state": "Reading", "problem": "", "lagMs": 140, "delivered": 7})";
constexpr char const* horizon_report = R"({"kind": "HorizonSource", "name": "lab",
    "namespace": "default", "address": "https://horizon", "state": "NotSupportedYet",
    "problem": "It is not read."})";

Json views(std::string const& reports) {
    return source_views({vcenter()}, parse_json(reports));
}

TEST_CASE("Sources: one that is read has its figures, one that the router does not know waits") {
    Json const read = views("[" + std::string(vcenter_report) + "]");
    REQUIRE(read.size() == 1);
    CHECK(string_at(read[0], "state") == "Connected");
    CHECK(string_at(read[0], "address") == "https://vc/sdk");
    CHECK(integer_at(read[0], "lagMs") == 140);
    CHECK(integer_at(read[0], "events") == 7);
    Json const unknown = views("[]");
    REQUIRE(unknown.size() == 1);
    CHECK(string_at(unknown[0], "state") == "Waiting");
    CHECK(unknown[0]["lastEventAt"].is_null());
}

TEST_CASE("Sources: without the router's answer each says why nothing is known") {
    Json const sources =
        source_views({vcenter()}, failure(ErrorCode::unavailable, "The router does not run."));
    REQUIRE(sources.size() == 1);
    CHECK(string_at(sources[0], "state") == "Error");
    CHECK(string_at(sources[0], "cause") == "The router does not run.");
}

TEST_CASE("Sources: one of a kind that is not read stands there with the reason") {
    Json const sources =
        views("[" + std::string(horizon_report) + "," + std::string(vcenter_report) + "]");
    REQUIRE(sources.size() == 2);
    CHECK(string_at(sources[0], "kind") == "VSphereSource");
    CHECK(string_at(sources[0], "state") == "Connected");
    CHECK(string_at(sources[1], "kind") == "HorizonSource");
    CHECK(string_at(sources[1], "name") == "lab");
    CHECK(string_at(sources[1], "address") == "https://horizon");
    CHECK(string_at(sources[1], "state") == "Error");
    CHECK(string_at(sources[1], "cause") == "It is not read.");
    CHECK(integer_at(sources[1], "events") == 0);
}

}  // namespace
