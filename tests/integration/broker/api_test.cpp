// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource.hpp"
#include "common/net/sse_reader.hpp"
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
        "broken", R"({"broker": "default", "filters": [{"cesql": "x ="}], "subscriber": {}})");
    co_await world.wait_for_ready("broken", "False");
    CHECK(co_await world.send("1") == 202);
    co_await subscriber.wait_for([&] { return subscriber.count("1") == 1; });
    Json const record = co_await world.api("events/1");
    REQUIRE(record["verdicts"].size() == 2);
    CHECK(string_at(record["verdicts"][0], "trigger") == "default/broken");
    CHECK_FALSE(bool_at(record["verdicts"][0], "matched", true));
    CHECK(string_at(record["verdicts"][0], "reason").find("column 4") != std::string::npos);
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

Task<void> check_secret_address(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url() + "?token=geheim"));
    co_await world.broker.start();
    CHECK(co_await world.send("1") == 202);
    co_await subscriber.wait_for([&] { return subscriber.distinct() == 1; });
    HttpRequest request;
    request.headers.add("Authorization", "Bearer " + world.broker.token());
    auto const status =
        co_await world.client.send(*parse_url(world.broker.url() + "/status"), request, 10s);
    REQUIRE(status);
    for (std::string const& answer :
         {dump_json(co_await world.api("triggers")), dump_json(co_await world.api("events/1")),
          status->body}) {
        INFO(answer);
        CHECK(answer.find(subscriber.url() + "?...") != std::string::npos);
        CHECK(answer.find("geheim") == std::string::npos);
    }
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

/// Opens the live stream and reads it event by event.
class NewsReader {
public:
    explicit NewsReader(std::unique_ptr<BodyReader> body) : body_(std::move(body)) {}

    static Task<NewsReader> open(BrokerWorld& world, std::string query) {
        HttpRequest request;
        request.headers.add("Authorization", "Bearer " + world.broker.token());
        auto const url = parse_url(world.broker.url() + "/api/v1/stream?" + query);
        auto stream = co_await world.client.open(*url, request, 5s);
        REQUIRE(stream);
        REQUIRE(stream->status == 200);
        co_return NewsReader(std::move(stream->body));
    }

    /// The data of the next event of this name.
    Task<Json> next(std::string event) {
        for (;;) {
            while (auto item = reader_.next())
                if (item->event == event) {
                    auto data = parse_json(item->data);
                    REQUIRE(data);
                    co_return std::move(*data);
                }
            INFO("waiting for " << event);
            auto const piece = co_await body_->read(10s);
            REQUIRE(piece);
            REQUIRE_FALSE(piece->empty());
            REQUIRE(reader_.feed(*piece));
        }
    }

private:
    std::unique_ptr<BodyReader> body_;
    SseReader reader_;
};

Task<void> check_deliveries(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.broker.start();
    co_await world.wait_for_ready("echo", "True");
    NewsReader reader = co_await NewsReader::open(world, "topics=events,deliveries,triggers");
    CHECK((co_await reader.next("triggers"))["items"].size() == 1);
    CHECK(co_await world.send("1") == 202);
    Json const row = co_await reader.next("event");
    CHECK(integer_at(row, "deliveries/pending") == 1);
    Json const told = co_await reader.next("delivery");
    CHECK(string_at(told, "seq") == string_at(row, "seq"));
    CHECK(integer_at(told, "deliveries/delivered") == 1);
    CHECK(integer_at(told, "deliveries/pending") == 0);
    Json const trigger = co_await reader.next("trigger");
    CHECK(string_at(trigger, "trigger") == "default/echo");
    CHECK(integer_at(trigger, "delivered") == 1);
    world.remove_trigger("echo");
    CHECK_FALSE(string_at(co_await reader.next("resync"), "reason").empty());
    CHECK((co_await reader.next("triggers"))["items"].empty());
}

/// An event that waits when its trigger is removed has failed, in every place that counts.
Task<void> check_given_up(BrokerWorld& world) {
    world.put_trigger("gone", BrokerWorld::spec_to("http://127.0.0.1:9/"));
    co_await world.broker.start();
    co_await world.wait_for_ready("gone", "True");
    CHECK(co_await world.send("1") == 202);
    CHECK((co_await world.api("events?outcome=pending"))["items"].size() == 1);
    world.remove_trigger("gone");
    SteadyTime const deadline = steady_now() + 10s;
    while (!(co_await world.api("triggers"))["items"].empty()) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(5ms);
    }
    Json const found = co_await world.api("events?outcome=failed");
    REQUIRE(found["items"].size() == 1);
    CHECK(integer_at(found["items"][0], "deliveries/failed") == 1);
    Json const record = co_await world.api("events/1");
    CHECK(string_at(record["verdicts"][0], "state") == "failed");
    CHECK(string_at(record["verdicts"][0], "reason").find("removed") != std::string::npos);
    std::int64_t failed = 0;
    for (Json const& point : (co_await world.api("rates?minutes=5"))["points"])
        failed += integer_at(point, "failed").value_or(0);
    CHECK(failed == 1);
}

Task<void> check_digits(BrokerWorld& world) {
    co_await world.broker.start();
    std::string const data =
        R"({"key": 1524831183200260097, "large": 123456789012345678901234567890, "one": 1.10})";
    auto const url = parse_url(world.broker.url() + "/default/default");
    HttpRequest request;
    request.method = "POST";
    for (auto const& [name, value] : std::map<std::string, std::string>{
             {"ce-id", "1"},
             {"ce-source", "/s"},
             {"ce-type", "t"},
             {"ce-specversion", "1.0"},
             {"content-type", "application/json"}})
        request.headers.add(name, value);
    request.body = data;
    auto const sent = co_await world.client.send(*url, request, 5s);
    REQUIRE(sent);
    CHECK(sent->status == 202);
    HttpRequest ask;
    ask.headers.add("Authorization", "Bearer " + world.broker.token());
    auto const page =
        co_await world.client.send(*parse_url(world.broker.url() + "/api/v1/events/1"), ask, 5s);
    REQUIRE(page);
    CHECK(page->body.find("\"data\":" + data) != std::string::npos);
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

// Attack 18.
TEST_CASE("API: a key in a subscriber's address is shown to nobody", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_secret_address(world, subscriber));
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

// ui-trial 1
TEST_CASE("API: the live stream tells what becomes of an event", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_deliveries(world, subscriber));
}

// ui-trial 7
TEST_CASE("API: what waited for a trigger that was removed counts as failed", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_given_up(world));
}

// reports 7
TEST_CASE("API: the numbers of an event's data keep their digits", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_digits(world));
}

TEST_CASE("API: closed without the token", "[broker]") {
    BrokerWorld world;
    run_task(world.io, check_closed(world));
}
