// SPDX-License-Identifier: Apache-2.0
#include "broker/control/catalog.hpp"

#include "common/net/certificate.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Resource resource(std::string_view name, std::string_view rest) {
    std::string const metadata =
        R"({"metadata": {"namespace": "default", "name": ")" + std::string(name) + "\"}";
    return {.object = *parse_json(metadata + std::string(rest) + "}")};
}

KindWords const broker_kind = KindWords::of(kinds::broker);
KindWords const trigger_kind = KindWords::of(kinds::trigger);
KindWords const service_kind = KindWords::of(kinds::service);
KindWords const sequence_kind{"flows.knative.dev/v1", "Sequence"};
WatchStanding const told_all{.has_told_all = true, .problem = std::nullopt};

WatchStanding hindered(ErrorCode code, std::string problem, bool has_told_all = false) {
    return {.has_told_all = has_told_all, .problem = Error{code, std::move(problem)}};
}

/// Of ours, with one Trigger; all Services have been told.
Catalog catalog_with(std::string_view trigger_spec) {
    Catalog catalog;
    catalog.set_base_url("http://127.0.0.1:8080");
    catalog.set_fallback_class("Millrace");
    catalog.set_standing(service_kind, told_all);
    catalog.put(broker_kind, resource("default", ""));
    catalog.put(
        trigger_kind, resource("echo", std::string(R"(,"spec": )") + std::string(trigger_spec)));
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
    catalog.set_fallback_class("Millrace");
    catalog.put(broker_kind, resource("plain", ""));
    catalog.put(
        broker_kind, {.object = *parse_json(
                          R"({"metadata": {"namespace": "default", "name": "foreign",
                 "annotations": {"eventing.knative.dev/broker.class": "Kafka"}}})")});
    catalog.put(trigger_kind, resource("t", R"(,"spec": {"broker": "foreign"})"));
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
    catalog.put(service_kind, resource("echo", ""));
    CHECK(catalog.triggers().front()->subscriber_url.error().code == ErrorCode::unavailable);
    CHECK(condition_state(trigger_status_of(catalog, to_service), "Ready") == "False");
    catalog.put(
        service_kind, resource("echo", R"(,"status": {"address": {"url": "http://r/echo"}})"));
    CHECK(catalog.triggers().front()->subscriber_url == "http://r/echo");
    Json const status = trigger_status_of(catalog, to_service);
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(string_at(status, "subscriberUri") == "http://r/echo");
    catalog.remove(service_kind, {"default", "echo"});
    CHECK_FALSE(catalog.triggers().front()->subscriber_url);
}

TEST_CASE("Catalog: CACerts beside an address are of the route and of the status", "[broker]") {
    std::string const pem = make_self_signed_certificate({"f"}, 1)->certificate_pem;
    Catalog catalog = catalog_with(to_service);
    Resource service = resource("echo", R"(,"status": {"addresses": [{"url": "https://f/"}]})");
    catalog.put(service_kind, service);
    CHECK(catalog.triggers().front()->subscriber_authorities == nullptr);
    service.object["status"]["addresses"][0]["CACerts"] = pem;
    catalog.put(service_kind, service);
    REQUIRE(catalog.triggers().front()->subscriber_authorities);
    CHECK(*catalog.triggers().front()->subscriber_authorities == pem);
    CHECK(string_at(trigger_status_of(catalog, to_service), "subscriberCACerts") == pem);
}

TEST_CASE("Catalog: every fault of a Trigger is told, and it is not in force", "[broker]") {
    constexpr std::string_view spec =
        R"({"broker": "default", "filters": [{"regex": {"type": "x"}}],
            "subscriber": {"uri": "x"}, "delivery": {"retry": -1}})";
    Catalog catalog = catalog_with(spec);
    auto const route = catalog.triggers().front();
    CHECK(std::ranges::count(route->fault, '\n') >= 2);
    Json const status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "Ready") == "False");
    CHECK(condition_state(status, "SubscriptionReady") == "False");
}

TEST_CASE("Catalog: a subscriber of a foreign scheme is resolved, with a warning", "[broker]") {
    constexpr std::string_view spec =
        R"({"broker": "default", "subscriber": {"uri": "bad://uri"},
            "delivery": {"deadLetterSink": {"uri": "ftp://dead"}}})";
    Catalog catalog = catalog_with(spec);
    CHECK(catalog.triggers().front()->fault.empty());
    Json const status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(string_at(status, "subscriberUri") == "bad://uri");
    std::string const text = dump_json(status);
    CHECK(text.contains("SubscriberUnusable"));
    CHECK(text.contains("DeadLetterSinkUnusable"));
    CHECK(text.contains(R"(\"bad://uri\" must begin with http:// or https://.)"));
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
    catalog.put(broker_kind, broker);
    CHECK(catalog.triggers().front()->dead_letter_url->value() == "http://dead/");
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
    CHECK_FALSE(catalog.put(trigger_kind, object));
    CHECK(unchecked(catalog) == 0);
    CHECK_FALSE(wanted(catalog, kinds::trigger, object));
    object.object["status"] = Json::object();
    CHECK_FALSE(catalog.put(trigger_kind, object));
    CHECK(unchecked(catalog) == 1);
}

// Review 4.5.
TEST_CASE("Catalog: a Trigger that cannot be read stays as it was, or waits", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.put_unreadable(trigger_kind, {"default", "echo"}, {{"echo.yaml", "is no YAML."}});
    CHECK(catalog.triggers().size() == 1);
    CHECK(catalog.unreadable_triggers().empty());
    catalog.put_unreadable(trigger_kind, {"default", "new"}, {{"new.yaml", "is no YAML."}});
    CHECK(catalog.triggers().size() == 1);
    CHECK(catalog.unreadable_triggers().contains("default/new"));
    catalog.put(trigger_kind, resource("new", R"(,"spec": {"subscriber": {"uri": "http://f/"}})"));
    CHECK(catalog.unreadable_triggers().empty());
    CHECK(catalog.triggers().size() == 2);
}

TEST_CASE("Catalog: without a fallback, a Broker of no class is nobody's", "[broker]") {
    Catalog catalog;
    catalog.put(broker_kind, resource("plain", ""));
    CHECK(catalog.brokers().empty());
    BrokerDefaults const defaults = *BrokerDefaults::parse(
        {.object = {
             {"data",
              {{"default-br-config",
                "clusterDefault: {brokerClass: Millrace, delivery: {retry: 3}}"}}}}});
    CHECK(catalog.set_defaults(defaults));
    REQUIRE(catalog.brokers().size() == 1);
    CHECK(catalog.brokers().front().delivery.retry.retries == 3);
    CHECK_FALSE(catalog.set_defaults(defaults));
}

TEST_CASE("Catalog: nothing is known before Brokers and Triggers are told whole", "[broker]") {
    Catalog catalog;
    CHECK(catalog.unknown_yet() == "The Brokers have not been read yet.");
    catalog.set_standing(broker_kind, told_all);
    catalog.set_standing(trigger_kind, hindered(ErrorCode::not_found, "Install the CRD."));
    CHECK(catalog.unknown_yet() == "The Triggers cannot be read: Install the CRD.");
    catalog.put(
        trigger_kind, resource("echo", std::string(R"(,"spec": )") + std::string(to_service)));
    catalog.set_standing(trigger_kind, told_all);
    CHECK(
        catalog.unknown_yet() ==
        "The objects Service of serving.knative.dev/v1 have not been read yet.");
    catalog.set_standing(service_kind, hindered(ErrorCode::forbidden, "No."));
    CHECK(catalog.unknown_yet() == "The objects ConfigMap of v1 have not been read yet.");
    catalog.set_standing(KindWords::of(kinds::config_map), told_all);
    CHECK(catalog.unknown_yet().empty());
}

TEST_CASE("Catalog: a kind that is not served stops its Triggers alone, until it is", "[broker]") {
    constexpr std::string_view spec =
        R"({"subscriber": {"ref": {"apiVersion": "flows.knative.dev/v1", "kind": "Sequence",
            "name": "steps", "namespace": "other"}, "uri": "in"}})";
    Catalog catalog = catalog_with(spec);
    CHECK(catalog.referred_kinds() == std::set{sequence_kind});
    Json status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "SubscriberResolved") == "Unknown");
    CHECK(condition_state(status, "Ready") == "Unknown");
    catalog.set_standing(broker_kind, told_all);
    catalog.set_standing(trigger_kind, told_all);
    catalog.set_standing(KindWords::of(kinds::config_map), told_all);
    CHECK_FALSE(catalog.unknown_yet().empty());
    CHECK(catalog.set_standing(
        sequence_kind, hindered(ErrorCode::not_found, "The API server serves no Sequence.")));
    CHECK(catalog.unknown_yet().empty());
    status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "SubscriberResolved") == "False");
    CHECK(dump_json(status).contains("\"reason\":\"SubscriberKindNotServed\""));
    CHECK(dump_json(status).contains("The API server serves no Sequence."));
    CHECK(catalog.set_standing(sequence_kind, told_all));
    CHECK(
        catalog.triggers().front()->subscriber_url.error().detail ==
        "The Sequence other/steps does not exist.");
    Resource steps = resource("steps", R"(,"status": {"addresses": [{"url": "http://s/a/"}]})");
    steps.object["metadata"]["namespace"] = "other";
    CHECK(catalog.put(sequence_kind, steps));
    CHECK(catalog.triggers().front()->subscriber_url == "http://s/a/in");
}

TEST_CASE("Catalog: what was told of an object holds while its watch is hindered", "[broker]") {
    Catalog catalog = catalog_with(to_service);
    catalog.put(
        service_kind, resource("echo", R"(,"status": {"address": {"url": "http://r/echo"}})"));
    CHECK(catalog.triggers().front()->subscriber_url == "http://r/echo");
    CHECK_FALSE(catalog.set_standing(
        service_kind, hindered(ErrorCode::unavailable, "Away.", /*has_told_all=*/true)));
    CHECK(catalog.triggers().front()->subscriber_url == "http://r/echo");
}

TEST_CASE("Catalog: one object's change costs those that refer to it and no more", "[broker]") {
    Catalog catalog = catalog_with(to_service);
    catalog.put(
        trigger_kind, resource("other", R"(,"spec": {"subscriber": {"uri": "http://f/"}})"));
    CHECK(unchecked(catalog) == 3);
    CHECK(catalog.put(service_kind, resource("echo", "")));
    CHECK(unchecked(catalog) == 1);
    CHECK_FALSE(catalog.put(
        service_kind, resource("unused", R"(,"status": {"address": {"url": "http://u/"}})")));
    CHECK_FALSE(catalog.put(service_kind, resource("echo", R"(,"spec": {"a": 1})")));
    CHECK(unchecked(catalog) == 0);
    catalog.put(broker_kind, resource("unused", ""));
    CHECK(unchecked(catalog) == 1);
    catalog.put(broker_kind, resource("default", R"(,"spec": {"delivery": {"retry": 1}})"));
    CHECK(unchecked(catalog) == 3);
}

TEST_CASE("Catalog: a Broker's dead letter sink is looked up for its Triggers, too", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.put(
        broker_kind, resource("default", R"(,"spec": {"delivery": {"deadLetterSink": {"ref": {
            "apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "dead"}}}})"));
    CHECK(catalog.referred_kinds() == std::set{service_kind});
    CHECK_FALSE(*catalog.triggers().front()->dead_letter_url);
    catalog.put(
        service_kind, resource("dead", R"(,"status": {"address": {"url": "http://dead/"}})"));
    CHECK(catalog.triggers().front()->dead_letter_url->value() == "http://dead/");
    catalog.remove(broker_kind, {"default", "default"});
    CHECK(catalog.referred_kinds().empty());
}

TEST_CASE("Catalog: a Trigger can be of a Broker in another namespace", "[broker]") {
    Catalog catalog = catalog_with(
        R"({"brokerRef": {"apiVersion": "eventing.knative.dev/v1", "kind": "Broker",
                          "name": "main", "namespace": "team"}, "subscriber": {"uri": "http://f/"}})");
    CHECK(catalog.triggers().front()->fault == "The Broker team/main does not exist.");
    Resource broker = resource("main", "");
    broker.object["metadata"]["namespace"] = "team";
    catalog.put(broker_kind, broker);
    CHECK(catalog.triggers().front()->fault.empty());
    CHECK(catalog.triggers().front()->broker == "team/main");
}

TEST_CASE("Catalog: a Trigger shows how stands what it depends on", "[broker]") {
    Resource trigger = resource("echo", R"(,"spec": {"subscriber": {"uri": "http://f/"}})");
    trigger.object["metadata"]["annotations"]["knative.dev/dependency"] =
        R"({"apiVersion": "flows.knative.dev/v1", "kind": "Sequence", "name": "steps"})";
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.put(trigger_kind, trigger);
    auto const shown = [&] {
        Json const status = wanted(catalog, kinds::trigger, trigger).value();
        CHECK(condition_state(status, "Ready") == condition_state(status, "DependencyReady"));
        return condition_state(status, "DependencyReady");
    };
    CHECK(shown() == "Unknown");
    catalog.set_standing(sequence_kind, told_all);
    CHECK(shown() == "False");
    catalog.put(
        sequence_kind,
        resource("steps", R"(,"status": {"conditions": [{"type": "Ready", "status": "False",
                               "reason": "Broken", "message": "It is."}]})"));
    CHECK(shown() == "False");
    CHECK(catalog.triggers().front()->dependency->reason == "Broken");
    catalog.put(
        sequence_kind,
        resource("steps", R"(,"status": {"conditions": [{"type": "Ready", "status": "True"}]})"));
    CHECK(shown() == "True");
    trigger.object["metadata"]["annotations"]["knative.dev/dependency"] = "{";
    catalog.put(trigger_kind, trigger);
    CHECK(shown() == "False");
    CHECK(catalog.triggers().front()->dependency->reason == "ReferenceError");
    CHECK(catalog.triggers().front()->fault.empty());
}

TEST_CASE("Catalog: a fault of a CESQL expression is told with its position", "[broker]") {
    constexpr std::string_view spec =
        R"({"filters": [{"cesql": "type = 'a' AND ("}], "subscriber": {"uri": "http://f/"}})";
    Catalog catalog = catalog_with(spec);
    Json const status = trigger_status_of(catalog, spec);
    CHECK(condition_state(status, "SubscriptionReady") == "False");
    CHECK(catalog.triggers().front()->spec_fault.contains("filters/0/cesql"));
    CHECK(catalog.triggers().front()->spec_fault.contains("17"));
}

TEST_CASE("Catalog: another version than the one in force gets no status", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    catalog.triggers();
    CHECK_FALSE(catalog.wanted_status(
        kinds::trigger, resource("echo", R"(,"spec": {"subscriber": {"uri": "http://g/"}})")));
}

TEST_CASE("Catalog: every reason is a word, as Kubernetes' conditions have it", "[broker]") {
    auto const is_word = [](std::string const& reason) {
        return std::ranges::all_of(
            reason, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    };
    for (ErrorCode const code :
         {ErrorCode::not_found, ErrorCode::invalid, ErrorCode::forbidden, ErrorCode::unavailable}) {
        constexpr std::string_view spec =
            R"({"broker": "none", "filters": [{"regex": {}}], "subscriber": {"ref": {
                "apiVersion": "flows.knative.dev/v1", "kind": "Sequence", "name": "steps"}}})";
        Catalog catalog = catalog_with(spec);
        catalog.set_standing(sequence_kind, hindered(code, "It cannot."));
        for (Json const& condition : trigger_status_of(catalog, spec)["conditions"]) {
            INFO(dump_json(condition));
            CHECK(is_word(string_at(condition, "reason")));
            CHECK((string_at(condition, "status") == "True" || condition.contains("reason")));
        }
    }
}

TEST_CASE("Catalog: a status that a server gives back in another order is the same", "[broker]") {
    Catalog catalog = catalog_with(R"({"subscriber": {"uri": "http://f/"}})");
    Resource object = resource("echo", R"(,"spec": {"subscriber": {"uri": "http://f/"}})");
    // As Go writes it: by name.
    object.object["status"] =
        Json(nlohmann::json::parse(dump_json(*wanted(catalog, kinds::trigger, object))));
    CHECK_FALSE(wanted(catalog, kinds::trigger, object));
}
