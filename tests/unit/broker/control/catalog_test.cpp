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

/// The status that `object` should show, if it is not what it shows.
std::optional<Json> wanted(Catalog& catalog, ResourceKind const& kind, Resource const& object) {
    catalog.triggers();
    return catalog.wanted_status(kind, object);
}

Json trigger_status_of(Catalog& catalog, std::string_view trigger_spec) {
    auto const object = resource("echo", std::string(R"(,"spec": )") + std::string(trigger_spec));
    return wanted(catalog, kinds::trigger, object).value_or(Json());
}

std::size_t unchecked(Catalog& catalog) {
    catalog.triggers();
    std::size_t count = 0;
    while (catalog.take_unchecked())
        ++count;
    return count;
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
    CHECK(unchecked(catalog) == 1);
}

TEST_CASE("Catalog: a Trigger follows its Service's address", "[broker]") {
    Catalog catalog = catalog_with(to_service);
    auto const route = catalog.triggers().front();
    CHECK(route->fault.empty());
    CHECK(route->subscriber_url.error().code == ErrorCode::not_found);
    catalog.put(kinds::service, resource("echo", ""));
    CHECK(catalog.triggers().front()->subscriber_url.error().code == ErrorCode::unavailable);
    CHECK(condition_state(trigger_status_of(catalog, to_service), "Ready") == "False");
    catalog.put(
        kinds::service, resource("echo", R"(,"status": {"address": {"url": "http://r/echo"}})"));
    CHECK(catalog.triggers().front()->subscriber_url == "http://r/echo");
    Json const status = trigger_status_of(catalog, to_service);
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(string_at(status, "subscriberUri") == "http://r/echo");
    catalog.remove(kinds::service, {"default", "echo"});
    CHECK_FALSE(catalog.triggers().front()->subscriber_url);
}

TEST_CASE("Catalog: every fault of a Trigger is told, and it is not in force", "[broker]") {
    constexpr std::string_view spec =
        R"({"broker": "default", "filters": [{"regex": {"type": "x"}}],
            "subscriber": {"uri": "ftp://x"}, "delivery": {"retry": -1}})";
    Catalog catalog = catalog_with(spec);
    auto const route = catalog.triggers().front();
    CHECK(std::ranges::count(route->fault, '\n') >= 2);
    Json const status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "Ready") == "False");
    CHECK(condition_state(status, "SubscriptionReady") == "False");
}

TEST_CASE("Catalog: a Trigger without its Broker is not ready", "[broker]") {
    constexpr std::string_view spec = R"({"broker": "gone", "subscriber": {"uri": "http://f/"}})";
    Catalog catalog = catalog_with(spec);
    CHECK(catalog.triggers().front()->fault == "The Broker default/gone does not exist.");
    CHECK(condition_state(trigger_status_of(catalog, spec), "BrokerReady") == "False");
}

TEST_CASE(
    "Catalog: the dead letter sink comes from the Broker where the Trigger has none", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    Resource const broker = resource(
        "default", R"(,"spec": {"delivery": {"deadLetterSink": {"uri": "http://dead/"}}})");
    catalog.put(kinds::broker, broker);
    CHECK(catalog.triggers().front()->dead_letter_url.value().value() == "http://dead/");
    Json const status = wanted(catalog, kinds::broker, broker).value_or(Json());
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

TEST_CASE("Catalog: a status that is right is not looked at again", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    CHECK(unchecked(catalog) == 2);
    CHECK(unchecked(catalog) == 0);
    Resource object = resource("echo", R"(,"spec": {"subscriber": {"uri": "http://f/"}})");
    object.object["status"] = *wanted(catalog, kinds::trigger, object);
    CHECK_FALSE(catalog.put(kinds::trigger, object));
    CHECK(unchecked(catalog) == 0);
    CHECK_FALSE(wanted(catalog, kinds::trigger, object));
    object.object["status"] = Json::object();
    CHECK_FALSE(catalog.put(kinds::trigger, object));
    CHECK(unchecked(catalog) == 1);
}

// Review 4.5.
TEST_CASE("Catalog: a Trigger that cannot be read stays as it was, or waits", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.put_unreadable(kinds::trigger, {"default", "echo"}, {{"echo.yaml", "is no YAML."}});
    CHECK(catalog.triggers().size() == 1);
    CHECK(catalog.unreadable_triggers().empty());
    catalog.put_unreadable(kinds::trigger, {"default", "new"}, {{"new.yaml", "is no YAML."}});
    CHECK(catalog.triggers().size() == 1);
    CHECK(catalog.unreadable_triggers().contains("default/new"));
    catalog.put(
        kinds::trigger, resource("new", R"(,"spec": {"subscriber": {"uri": "http://f/"}})"));
    CHECK(catalog.unreadable_triggers().empty());
    CHECK(catalog.triggers().size() == 2);
}
