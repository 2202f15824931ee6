// SPDX-License-Identifier: Apache-2.0
#include "broker/control/catalog.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Resource resource(std::string_view name, std::string_view rest) {
    std::string const metadata =
        R"({"metadata": {"namespace": "default", "name": ")" + std::string(name) + "\"}";
    return {.object = *parse_json(metadata + std::string(rest) + "}")};
}

Catalog catalog_with(std::string_view trigger_spec) {
    Catalog catalog;
    catalog.set_base_url("http://127.0.0.1:8080");
    catalog.put(kinds::broker, resource("default", ""));
    catalog.put(
        kinds::trigger, resource("echo", std::string(R"(,"spec": )") + std::string(trigger_spec)));
    return catalog;
}

constexpr std::string_view to_service =
    R"({"broker": "default", "subscriber": {"ref": {"apiVersion": "serving.knative.dev/v1",
        "kind": "Service", "name": "echo"}}})";

Json status_of(Catalog& catalog, ResourceKind const& kind) {
    for (auto const& wanted : catalog.take_changed_statuses())
        if (*wanted.kind == kind)
            return wanted.status;
    return {};
}

}  // namespace

TEST_CASE("Catalog: a Broker of ours or of no class is served, another's is not", "[broker]") {
    Catalog catalog;
    catalog.set_base_url("http://h");
    catalog.put(kinds::broker, resource("plain", ""));
    catalog.put(
        kinds::broker, {.object = *parse_json(
                            R"({"metadata": {"namespace": "default", "name": "foreign",
                 "annotations": {"eventing.knative.dev/broker.class": "Kafka"}}})")});
    catalog.put(kinds::trigger, resource("t", R"(,"spec": {"broker": "foreign"})"));
    auto const brokers = catalog.brokers();
    REQUIRE(brokers.size() == 1);
    CHECK(brokers.front().url == "http://h/default/plain");
    CHECK(catalog.triggers().empty());
    CHECK(catalog.take_changed_statuses().size() == 1);
}

TEST_CASE("Catalog: a Trigger follows its Service's address", "[broker]") {
    Catalog catalog = catalog_with(to_service);
    auto const route = catalog.triggers().front();
    CHECK(route->fault.empty());
    CHECK(route->subscriber_url.error().code == ErrorCode::not_found);
    catalog.put(kinds::service, resource("echo", ""));
    CHECK(catalog.triggers().front()->subscriber_url.error().code == ErrorCode::unavailable);
    CHECK(condition_state(status_of(catalog, kinds::trigger), "Ready") == "False");
    catalog.put(
        kinds::service, resource("echo", R"(,"status": {"address": {"url": "http://r/echo"}})"));
    CHECK(catalog.triggers().front()->subscriber_url == "http://r/echo");
    Json const status = status_of(catalog, kinds::trigger);
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(string_at(status, "subscriberUri") == "http://r/echo");
    catalog.remove(kinds::service, {"default", "echo"});
    CHECK_FALSE(catalog.triggers().front()->subscriber_url);
}

TEST_CASE("Catalog: every fault of a Trigger is told, and it is not in force", "[broker]") {
    Catalog catalog = catalog_with(
        R"({"broker": "default", "filters": [{"regex": {"type": "x"}}],
            "subscriber": {"uri": "ftp://x"}, "delivery": {"retry": -1}})");
    auto const route = catalog.triggers().front();
    CHECK(std::ranges::count(route->fault, '\n') >= 2);
    Json const status = status_of(catalog, kinds::trigger);
    CHECK(condition_state(status, "Ready") == "False");
    CHECK(condition_state(status, "SubscriptionReady") == "False");
}

TEST_CASE("Catalog: a Trigger without its Broker is not ready", "[broker]") {
    Catalog catalog = catalog_with(R"({"broker": "gone", "subscriber": {"uri": "http://f/"}})");
    CHECK(catalog.triggers().front()->fault == "The Broker default/gone does not exist.");
    CHECK(condition_state(status_of(catalog, kinds::trigger), "BrokerReady") == "False");
}

TEST_CASE(
    "Catalog: the dead letter sink comes from the Broker where the Trigger has none", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.put(
        kinds::broker,
        resource(
            "default", R"(,"spec": {"delivery": {"deadLetterSink": {"uri": "http://dead/"}}})"));
    CHECK(catalog.triggers().front()->dead_letter_url == "http://dead/");
    Json const status = status_of(catalog, kinds::broker);
    CHECK(string_at(status, "deadLetterSinkUri") == "http://dead/");
    CHECK(string_at(status, "address/url") == "http://127.0.0.1:8080/default/default");
    CHECK(condition_state(status, "Ready") == "True");
}

TEST_CASE("Catalog: a Broker can be a subscriber, by its address", "[broker]") {
    Catalog catalog = catalog_with(
        R"({"subscriber": {"ref": {"apiVersion": "eventing.knative.dev/v1", "kind": "Broker",
                                   "name": "default"}, "uri": "/x/y"}})");
    CHECK(catalog.triggers().front()->subscriber_url == "http://127.0.0.1:8080/x/y");
}

TEST_CASE("Catalog: a status that is right is not written again", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    for (auto& wanted : catalog.take_changed_statuses()) {
        Resource object =
            *wanted.kind == kinds::broker
                ? resource("default", "")
                : resource("echo", R"(,"spec": {"subscriber": {"uri": "http://f/"}})");
        object.object["status"] = wanted.status;
        catalog.put(*wanted.kind, object);
    }
    CHECK(catalog.take_changed_statuses().empty());
}
