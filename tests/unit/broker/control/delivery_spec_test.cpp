// SPDX-License-Identifier: Apache-2.0
#include "broker/control/delivery_spec.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Json json(std::string_view text) {
    return *parse_json(text);
}

DeliveryContext const context{.place = "Trigger default/echo", .name_space = "default"};

}  // namespace

TEST_CASE("Delivery: Knative's fields are read", "[broker]") {
    auto const delivery = parse_delivery(
        json(R"({"delivery": {"retry": 3, "backoffPolicy": "linear", "backoffDelay": "PT1S",
                 "timeout": "PT5S", "retryAfterMax": "PT10S", "format": "json",
                 "deadLetterSink": {"ref": {"apiVersion": "serving.knative.dev/v1",
                                            "kind": "Service", "name": "dead"}}}})"),
        context);
    REQUIRE(delivery);
    CHECK(
        delivery->retry == RetryPolicy{
                               .retries = 3,
                               .backoff = BackoffPolicy::linear,
                               .delay = 1s,
                               .timeout = 5s,
                               .retry_after_max = 10s});
    CHECK(delivery->format == ContentMode::structured);
    REQUIRE(delivery->dead_letter_sink);
    CHECK(delivery->dead_letter_sink->ref->name_space == "default");
}

TEST_CASE("Delivery: what a Trigger does not say, its Broker says", "[broker]") {
    DeliveryContext of_broker = context;
    of_broker.fallback.retry.retries = 7;
    of_broker.fallback.format = ContentMode::structured;
    of_broker.fallback.dead_letter_sink = Destination{.uri = "http://dead/"};
    auto const delivery = parse_delivery(json(R"({"delivery": {"timeout": "PT1S"}})"), of_broker);
    REQUIRE(delivery);
    CHECK(delivery->retry.retries == 7);
    CHECK(delivery->retry.timeout == 1s);
    CHECK(delivery->format == ContentMode::structured);
    CHECK(
        parse_delivery(json(R"({"delivery": {"format": "binary"}})"), of_broker)->format ==
        ContentMode::binary);
    CHECK(delivery->dead_letter_sink->uri == "http://dead/");
    CHECK(parse_delivery(json("{}"), of_broker)->retry.retries == 7);
    CHECK(parse_delivery(json("{}"), context)->retry == RetryPolicy{});
}

TEST_CASE("Delivery: all faults are told at once, with their places", "[broker]") {
    auto const delivery = parse_delivery(
        json(R"({"delivery": {"retry": -1, "backoffPolicy": "random", "backoffDelay": "fast",
                 "timeout": "PT0S", "retryAfterMax": "P30D",
                 "format": "xml", "deadLetterSink": {}}})"),
        context);
    REQUIRE_FALSE(delivery);
    CHECK(delivery.error().size() == 7);
    for (Fault const& fault : delivery.error())
        CHECK(fault.place.starts_with("Trigger default/echo /spec"));
}
