// SPDX-License-Identifier: Apache-2.0
#include "common/base/encoding.hpp"
#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* quick = R"(, "delivery": {"retry": 3, "backoffDelay": "PT0.01S"})";

Headers const reply_headers = {
    {"ce-specversion", "1.0"}, {"ce-id", "reply"}, {"ce-source", "/f"}, {"ce-type", "answer"}};

/// State of the first matched verdict of the event with this sequence number, once settled.
Task<Json> settled_verdict(BrokerWorld& world, std::string seq) {
    SteadyTime const deadline = steady_now() + 20s;
    for (;;) {
        Json const record = co_await world.api("events/" + seq);
        for (Json const& verdict : record["verdicts"])
            if (bool_at(verdict, "matched", false) && string_at(verdict, "state") != "pending")
                co_return verdict;
        if (steady_now() > deadline)
            FAIL(dump_json(record));
        co_await sleep_for(5ms);
    }
}

Task<void> check_retries(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url(), quick));
    co_await world.broker.start();
    for (int const status : {404, 408, 409, 429, 500, 503}) {
        subscriber.answer_by([status](HttpRequest const&, int nth) {
            return HttpResponse{.status = nth < 3 ? status : 202};
        });
        std::string const id = "retried-" + std::to_string(status);
        CHECK(co_await world.send(id) == 202);
        co_await subscriber.wait_for([&] { return subscriber.count(id) == 3; });
    }
    for (int const status : {301, 302, 307, 400, 401, 403, 413, 422}) {
        subscriber.answer_by([status](HttpRequest const&, int) {
            return HttpResponse{
                .status = status, .headers = {{"Location", "http://169.254.169.254/"}}};
        });
        std::string const id = "final-" + std::to_string(status);
        CHECK(co_await world.send(id) == 202);
        co_await subscriber.wait_for([&] { return subscriber.count(id) == 1; });
    }
    Json const verdict = co_await settled_verdict(world, "14");
    CHECK(string_at(verdict, "state") == "failed");
    REQUIRE(verdict["attempts"].size() == 1);
    CHECK(integer_at(verdict["attempts"][0], "status") == 422);
    CHECK(subscriber.count("final-422") == 1);
}

Task<void> check_retry_after(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url(), quick));
    co_await world.broker.start();
    subscriber.answer_by([](HttpRequest const&, int nth) {
        if (nth > 1)
            return HttpResponse{.status = 202};
        return HttpResponse{.status = 503, .headers = {{"Retry-After", "1"}}};
    });
    CHECK(co_await world.send("later") == 202);
    co_await subscriber.wait_for([&] { return subscriber.count("later") == 2; });
    auto const& receipts = subscriber.receipts();
    CHECK(receipts[1].at - receipts[0].at >= 1s);
    CHECK(receipts[1].at - receipts[0].at < 5s);
}

Task<void> check_dead_letter(BrokerWorld& world, Subscriber& subscriber, Subscriber& dead) {
    subscriber.answer_by([](HttpRequest const&, int) {
        return HttpResponse{.status = 500, .body = "no such host"};
    });
    // The first try of the dead letter sink fails, too.
    dead.answer_by(
        [](HttpRequest const&, int nth) { return HttpResponse{.status = nth == 1 ? 503 : 202}; });
    world.put_broker(
        R"({"delivery": {"deadLetterSink": {"uri": ")" + dead.url() + R"("}, "retry": 2,
            "backoffDelay": "PT0.01S"}})");
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.broker.start();
    CHECK(co_await world.send("doomed") == 202);
    co_await dead.wait_for([&] { return dead.count("doomed") == 2; });
    CHECK(subscriber.count("doomed") == 3);
    Headers const& headers = dead.receipts().back().request.headers;
    CHECK(headers.get("ce-knativeerrordest") == subscriber.url());
    CHECK(headers.get("ce-knativeerrorcode") == "500");
    CHECK(base64_decode(headers.get("ce-knativeerrordata")) == "no such host");
    Json const verdict = co_await settled_verdict(world, "1");
    CHECK(string_at(verdict, "state") == "deadLettered");
    CHECK(verdict["attempts"].size() == 5);
}

Task<void> check_reply(BrokerWorld& world, Subscriber& subscriber, Subscriber& answers) {
    subscriber.answer_by([](HttpRequest const&, int) {
        return HttpResponse{.status = 200, .headers = reply_headers, .body = "done"};
    });
    world.put_trigger(
        "ask",
        BrokerWorld::spec_to(subscriber.url(), R"(, "filter": {"attributes": {"type": "test"}})"));
    world.put_trigger(
        "hear",
        BrokerWorld::spec_to(answers.url(), R"(, "filter": {"attributes": {"type": "answer"}})"));
    co_await world.broker.start();
    CHECK(co_await world.send("question", {{"traceparent", "00-ab-cd-01"}}) == 202);
    co_await answers.wait_for([&] { return answers.count("reply") == 1; });
    HttpRequest const& heard = answers.receipts().front().request;
    CHECK(heard.body == "done");
    CHECK(heard.headers.get("traceparent") == "00-ab-cd-01");
    CHECK_FALSE(heard.headers.contains("ce-knativebrokerttl"));
    Json const record = co_await world.api("events/1");
    for (Json const& verdict : record["verdicts"])
        if (string_at(verdict, "trigger") == "default/hear") {
            CHECK(string_at(verdict, "clause/attribute") == "type");
            CHECK(string_at(verdict, "clause/actual") == "test");
        }
}

Task<void> check_malformed_reply(BrokerWorld& world, Subscriber& subscriber) {
    subscriber.answer_by([](HttpRequest const&, int nth) {
        return HttpResponse{.status = 200, .body = nth < 3 ? "ok" : ""};
    });
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url(), quick));
    co_await world.broker.start();
    CHECK(co_await world.send("e") == 202);
    Json const verdict = co_await settled_verdict(world, "1");
    CHECK(string_at(verdict, "state") == "delivered");
    CHECK(verdict["attempts"].size() == 3);
}

Task<void> check_huge_answer(BrokerWorld& world, Subscriber& subscriber) {
    subscriber.answer_by([](HttpRequest const&, int nth) {
        return HttpResponse{.status = 200, .body = std::string(nth == 1 ? 3 << 20 : 0, 'x')};
    });
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url(), quick));
    co_await world.broker.start();
    CHECK(co_await world.send("e") == 202);
    Json const verdict = co_await settled_verdict(world, "1");
    CHECK(string_at(verdict, "state") == "delivered");
    REQUIRE(verdict["attempts"].size() == 2);
    CHECK_FALSE(string_at(verdict["attempts"][0], "error").empty());
}

Task<void> check_loop(BrokerWorld& world, Subscriber& subscriber) {
    subscriber.answer_by([](HttpRequest const&, int) {
        return HttpResponse{.status = 200, .headers = reply_headers};
    });
    world.put_trigger("loop", BrokerWorld::spec_to(subscriber.url(), quick));
    co_await world.broker.start();
    CHECK(co_await world.send("first", {{"ce-knativebrokerttl", "21"}}) == 202);
    co_await subscriber.wait_for([&] { return subscriber.receipts().size() == 20; });
    Json const verdict = co_await settled_verdict(world, "20");
    CHECK(string_at(verdict, "state") == "failed");
    CHECK(verdict["attempts"].size() == 1);
    CHECK(subscriber.receipts().size() == 20);
}

Task<void> check_slow(BrokerWorld& world, Subscriber& slow, Subscriber& fast) {
    slow.delay(6s);
    world.put_trigger(
        "slow",
        BrokerWorld::spec_to(slow.url(), R"(, "delivery": {"retry": 0, "timeout": "PT5S"})"));
    world.put_trigger("fast", BrokerWorld::spec_to(fast.url()));
    co_await world.broker.start();
    SteadyTime const begin = steady_now();
    for (int i = 0; i < 100; ++i)
        CHECK(co_await world.send(std::to_string(i)) == 202);
    co_await fast.wait_for([&] { return fast.distinct() == 100; });
    CHECK(steady_now() - begin < 5s);
    CHECK(slow.receipts().size() <= 16);
    SteadyTime const deadline = steady_now() + 20s;
    for (;;) {
        Json const record = co_await world.api("events/1");
        if (string_at(record["verdicts"][1], "state") == "failed") {
            CHECK(record["verdicts"][1]["attempts"][0]["status"].is_null());
            CHECK_FALSE(string_at(record["verdicts"][1]["attempts"][0], "error").empty());
            break;
        }
        if (steady_now() > deadline)
            FAIL(dump_json(record));
        co_await sleep_for(20ms);
    }
}

}  // namespace

TEST_CASE(
    "Delivery: Knative's codes are retried, others are final, redirects not followed", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_retries(world, subscriber));
}

TEST_CASE("Delivery: Retry-After is waited for", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_retry_after(world, subscriber));
}

TEST_CASE("Delivery: the dead letter sink gets what was given up, with the reason", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    Subscriber dead(world.io);
    run_task(world.io, check_dead_letter(world, subscriber, dead));
}

TEST_CASE("Delivery: a reply is a new event of the same broker", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    Subscriber answers(world.io);
    run_task(world.io, check_reply(world, subscriber, answers));
}

TEST_CASE("Delivery: a malformed reply is a failure and retried", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_malformed_reply(world, subscriber));
}

TEST_CASE("Delivery: an answer over 1 MiB is a failed attempt, not memory", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_huge_answer(world, subscriber));
}

TEST_CASE("Delivery: a loop of replies ends by its time to live, visibly", "[broker]") {
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_loop(world, subscriber));
}

TEST_CASE("Delivery: a slow subscriber holds no other", "[broker]") {
    BrokerWorld world;
    Subscriber slow(world.io);
    Subscriber fast(world.io);
    run_task(world.io, check_slow(world, slow, fast));
}
