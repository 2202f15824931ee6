// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource.hpp"
#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Task<void> check_control(BrokerWorld& world, Subscriber& subscriber) {
    co_await world.broker.start();
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.wait_for_ready("echo", "True");
    CHECK(
        string_at(world.status_of(kinds::trigger.folder(), "echo"), "subscriberUri") ==
        subscriber.url());
    CHECK(
        string_at(world.status_of(kinds::broker.folder(), "default"), "address/url") ==
        world.broker.url() + "/default/default");
    world.put_trigger(
        "broken", R"({"broker": "default", "filters": [{"cesql": "x"}], "subscriber": {}})");
    co_await world.wait_for_ready("broken", "False");
    CHECK(co_await world.send("1") == 202);
    co_await subscriber.wait_for([&] { return subscriber.count("1") == 1; });
    Json const record = co_await world.api("events/1");
    REQUIRE(record["verdicts"].size() == 2);
    CHECK(string_at(record["verdicts"][0], "trigger") == "default/broken");
    CHECK_FALSE(bool_at(record["verdicts"][0], "matched", true));
    CHECK(string_at(record["verdicts"][0], "reason").find("cesql") != std::string::npos);
    CHECK(string_at(record, "event/data/FullFormattedMessage") == "Event 1");
    world.remove_trigger("echo");
    SteadyTime const deadline = steady_now() + 10s;
    while ((co_await world.api("triggers"))["items"].size() != 1) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(5ms);
    }
    CHECK(co_await world.send("2") == 202);
    CHECK((co_await world.api("events/2"))["verdicts"].size() == 1);
}

Task<void> check_counts(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.broker.start();
    for (int i = 0; i < 5; ++i)
        CHECK(co_await world.send(std::to_string(i), {{"ce-type", i < 3 ? "a" : "b"}}) == 202);
    co_await subscriber.wait_for([&] { return subscriber.distinct() == 5; });
    CHECK(world.broker.stop() == 0);
    co_await world.broker.start();
    Json const types = co_await world.api("event-types");
    REQUIRE(types["items"].size() == 2);
    CHECK(string_at(types["items"][0], "type") == "a");
    CHECK(integer_at(types["items"][0], "count") == 3);
    Json const trigger = (co_await world.api("triggers"))["items"][0];
    CHECK(integer_at(trigger, "delivered") == 5);
    CHECK(integer_at(trigger, "pending") == 0);
    std::int64_t received = 0;
    for (Json const& point : (co_await world.api("rates?minutes=5"))["points"])
        received += integer_at(point, "received").value_or(0);
    CHECK(received == 5);
    Json const found = co_await world.api("events?q=event%203&type=b");
    REQUIRE(found["items"].size() == 1);
    CHECK(string_at(found["items"][0], "id") == "3");
    CHECK(integer_at(found["items"][0], "deliveries/delivered") == 1);
}

Task<Result<std::string>> read_until(BodyReader& body, std::string_view text) {
    std::string all;
    while (all.find(text) == std::string::npos) {
        auto const more = co_await body.read(10s);
        if (!more || more->empty())
            co_return failure(ErrorCode::closed, all);
        all += *more;
    }
    co_return all;
}

Task<void> check_stream(BrokerWorld& world) {
    co_await world.broker.start();
    CHECK(co_await world.send("1") == 202);
    CHECK(co_await world.send("2") == 202);
    HttpRequest request;
    request.headers.add("Authorization", "Bearer " + world.broker.token());
    request.headers.add("Last-Event-ID", "1");
    auto const url = parse_url(world.broker.url() + "/api/v1/stream?type=test");
    auto const stream = co_await world.client.open(*url, request, 5s);
    REQUIRE(stream);
    CHECK(stream->status == 200);
    auto const before = co_await read_until(*stream->body, "id: 2");
    REQUIRE(before);
    CHECK(before->find("id: 1") == std::string::npos);
    CHECK(co_await world.send("other", {{"ce-type", "other"}}) == 202);
    CHECK(co_await world.send("4") == 202);
    auto const live = co_await read_until(*stream->body, "id: 4");
    REQUIRE(live);
    CHECK(live->find("id: 3") == std::string::npos);
}

Task<void> check_closed(BrokerWorld& world) {
    co_await world.broker.start();
    auto const url = parse_url(world.broker.url() + "/api/v1/events");
    auto const answer = co_await world.client.send(*url, HttpRequest(), 5s);
    REQUIRE(answer);
    CHECK(answer->status == 401);
}

}  // namespace

TEST_CASE("Control: Triggers come, are judged, and go while the broker runs", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_control(world, subscriber));
}

TEST_CASE("API: counts, rates and history survive a restart", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_counts(world, subscriber));
}

TEST_CASE("API: the live stream goes on where it broke off and is filtered", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_stream(world));
}

TEST_CASE("API: closed without the token", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_closed(world));
}
