// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource.hpp"
#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Task<HttpResponse> post(BrokerWorld& world, HttpRequest request, std::string path) {
    auto answer = co_await world.post(std::move(request), std::move(path));
    REQUIRE(answer);
    co_return std::move(*answer);
}

HttpRequest with_body(std::string type, std::string body) {
    HttpRequest request;
    request.headers.add("Content-Type", std::move(type));
    request.body = std::move(body);
    return request;
}

std::string structured(std::string const& id, std::string const& more = "") {
    return R"({"specversion":"1.0","id":")" + id + R"(","source":"/s","type":"t")" + more + "}";
}

Task<void> check_modes(BrokerWorld& world) {
    co_await world.broker.start();
    CHECK(co_await world.send("binary") == 202);
    CHECK(co_await world.send("old", {{"ce-specversion", "0.3"}}) == 202);
    auto answer = co_await post(
        world, with_body("application/cloudevents+json", structured("structured")),
        "/default/default");
    CHECK(answer.status == 202);
    // By this a sender learns that it may send batches.
    CHECK(answer.headers.get("accept-post") == "application/cloudevents-batch+json");
    answer = co_await post(
        world,
        with_body(
            "application/cloudevents-batch+json",
            "[" + structured("b1") + "," + structured("b2") + "]"),
        "/default/default");
    CHECK(answer.status == 202);
    Json const page = co_await world.api("events");
    REQUIRE(page["items"].size() == 5);
    CHECK(string_at(page["items"][0], "id") == "b2");
    CHECK(string_at(page["items"][4], "summary") == "Event binary");
}

Task<void> check_refusals(BrokerWorld& world) {
    co_await world.broker.start();
    auto answer = co_await post(world, {}, "/default/default");
    CHECK(answer.status == 400);
    CHECK(answer.headers.get("content-type") == "application/problem+json");
    HttpRequest bad;
    bad.headers = {{"ce-specversion", "1.0"}, {"ce-type", "t"}, {"ce-time", "noon"}};
    answer = co_await post(world, bad, "/default/default");
    CHECK(answer.status == 400);
    for (char const* fault : {"id", "source", "time"})
        CHECK(answer.body.find(fault) != std::string::npos);
    CHECK((co_await post(world, {}, "/default/unknown")).status == 404);
    CHECK((co_await post(world, {}, "/")).status == 404);
    HttpRequest put;
    put.method = "PUT";
    answer = co_await post(world, put, "/default/default");
    CHECK(answer.status == 405);
    CHECK(answer.headers.get("allow") == "POST, OPTIONS");
    HttpRequest options;
    options.method = "OPTIONS";
    options.headers.add("WebHook-Request-Origin", "example.com");
    answer = co_await post(world, options, "/default/default");
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("webhook-allowed-origin") == "example.com");
    CHECK(answer.headers.get("accept-post") == "application/cloudevents-batch+json");
    auto big = with_body("text/plain", std::string((1 << 20) + 1, 'x'));
    for (auto const& [name, value] :
         Headers{{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "t"}})
        big.headers.add(name, value);
    CHECK((co_await post(world, big, "/default/default")).status == 413);
    answer = co_await post(
        world,
        with_body(
            "application/cloudevents-batch+json", "[" + structured("ok") + R"(,{"id":"bad"}])"),
        "/default/default");
    CHECK(answer.status == 400);
    CHECK((co_await world.api("events"))["items"].empty());
    CHECK(co_await world.send("spent", {{"ce-knativebrokerttl", "1"}}) == 400);
}

/// The first line of the answer to one event that asks for this host.
Task<std::string> send_to_host(BrokerWorld& world, std::string host) {
    auto const url = parse_url(world.broker.url());
    std::string const answer = co_await exchange_raw(
        static_cast<std::uint16_t>(std::stoi(url.value().port)),
        "POST /default/default HTTP/1.1\r\nHost: " + host +
            "\r\nConnection: close\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\n"
            "ce-type: t\r\nContent-Length: 0\r\n\r\n");
    co_return answer.substr(0, answer.find('\r'));
}

Task<void> check_address(BrokerWorld& world) {
    co_await world.broker.start();
    world.put_trigger("echo", BrokerWorld::spec_to("http://127.0.0.1:9/"));
    co_await world.wait_for_ready("echo", "True");
    Json const status = world.status_of(kinds::broker.folder(), "default");
    CHECK(string_at(status, "address/url") == "https://events.example.com/broker/default/default");
    constexpr std::string_view accepted = "HTTP/1.1 202 Accepted";
    CHECK(co_await send_to_host(world, "events.example.com") == accepted);
    CHECK(co_await send_to_host(world, "broker.millrace.svc.cluster.local") == accepted);
    CHECK(
        co_await send_to_host(world, "elsewhere.example.com") ==
        "HTTP/1.1 421 Misdirected Request");
}

}  // namespace

TEST_CASE("Ingress: --address-url is where Brokers say they are, and is answered to", "[broker]") {
    BrokerWorld world({.flags = {"--address-url=https://events.example.com/broker/"}});
    run_task(world.io, check_address(world));
}

TEST_CASE(
    "Ingress: binary, structured and batch events of both versions are kept as received",
    "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_modes(world));
}

TEST_CASE(
    "Ingress: what is wrong is refused with its status, nothing of it is stored", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_refusals(world));
}
