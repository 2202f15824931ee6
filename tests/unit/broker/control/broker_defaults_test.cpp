// SPDX-License-Identifier: Apache-2.0
#include "broker/control/broker_defaults.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Checked<BrokerDefaults> parse(std::string const& text) {
    Resource config_map;
    config_map.object["metadata"] = {
        {"name", "config-br-defaults"}, {"namespace", "knative-eventing"}};
    config_map.object["data"]["default-br-config"] = text;
    return BrokerDefaults::parse(config_map);
}

std::int64_t retries(BrokerDefaults const& defaults, std::string const& name_space) {
    Json const* delivery = defaults.delivery(name_space, "Millrace");
    return delivery == nullptr ? -1 : integer_at(*delivery, "retry").value_or(-1);
}

}  // namespace

TEST_CASE("Broker defaults: the namespace's class comes before the cluster's", "[broker]") {
    auto const defaults = parse(R"(
clusterDefault: {brokerClass: MTChannelBasedBroker}
namespaceDefaults:
  team: {brokerClass: Millrace}
  other: {}
)");
    REQUIRE(defaults);
    CHECK(defaults->broker_class("team") == "Millrace");
    CHECK(defaults->broker_class("other") == "MTChannelBasedBroker");
    CHECK(defaults->broker_class("elsewhere") == "MTChannelBasedBroker");
    CHECK(BrokerDefaults().broker_class("team").empty());
}

TEST_CASE("Broker defaults: the nearest delivery for the class holds", "[broker]") {
    auto const defaults = parse(R"(
clusterDefault:
  brokerClass: MTChannelBasedBroker
  delivery: {retry: 1}
  brokerClasses: {Millrace: {delivery: {retry: 2}}}
namespaceDefaults:
  own: {brokerClass: Millrace, delivery: {retry: 3}}
  of-class:
    brokerClass: Kafka
    delivery: {retry: 9}
    brokerClasses: {Millrace: {delivery: {retry: 4}}}
  of-other: {brokerClass: Kafka, delivery: {retry: 9}}
)");
    REQUIRE(defaults);
    CHECK(retries(*defaults, "own") == 3);
    CHECK(retries(*defaults, "of-class") == 4);
    CHECK(retries(*defaults, "of-other") == 2);
    CHECK(retries(*defaults, "elsewhere") == 2);
    CHECK(retries(*parse("clusterDefault: {delivery: {retry: 1}}"), "elsewhere") == 1);
    CHECK(retries(BrokerDefaults(), "elsewhere") == -1);
}

TEST_CASE("Broker defaults: every fault is told with its place", "[broker]") {
    auto const wrong = parse(R"(
clusterDefault: {brokerClass: [a], delivery: {retry: -1}}
namespaceDefaults: {team: {delivery: {timeout: soon}}, other: none}
)");
    REQUIRE_FALSE(wrong);
    std::string const faults = to_string(wrong.error());
    for (auto const* part :
         {"/clusterDefault", "brokerClass", "delivery/retry", "/namespaceDefaults/team",
          "delivery/timeout", "/namespaceDefaults/other", "knative-eventing/config-br-defaults"})
        CHECK(faults.contains(part));
}

TEST_CASE("Broker defaults: what is no YAML mapping, or not there, is a fault", "[broker]") {
    CHECK_FALSE(parse("clusterDefault: ["));
    CHECK_FALSE(parse("- a"));
    CHECK_FALSE(parse(""));
    CHECK_FALSE(BrokerDefaults::parse({}));
}
