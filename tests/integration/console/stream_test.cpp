// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* events = "/api/v1/stream?topics=events";

Task<void> start_all(ConsoleWorld& world) {
    co_await world.put(kinds::broker, "default", "{}");
    co_await world.broker.start();
    co_await world.sign_in();
}

/// The broker knows the trigger: an event it is asked about is told so.
Task<void> wait_for_trigger(ConsoleWorld& world) {
    SteadyTime const deadline = steady_now() + 20s;
    for (;;) {
        auto const trigger = co_await world.store.get(kinds::trigger, {"default", "t"});
        if (trigger && condition_state(trigger->status(), "Ready") == "True")
            co_return;
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(10ms);
    }
}

/// How many read the broker's stream.
Task<std::string> live_readers(ConsoleWorld& world) {
    auto const metrics =
        co_await world.client.send(*parse_url(world.broker.url() + "/metrics"), HttpRequest(), 5s);
    REQUIRE(metrics);
    std::string const name = "\nmillrace_broker_live_readers ";
    auto const at = metrics->body.find(name);
    REQUIRE(at != std::string::npos);
    co_return metrics->body.substr(
        at + name.size(), metrics->body.find('\n', at + 1) - at - name.size());
}

/// The console listens to the broker a moment after its first tab is open.
Task<void> wait_for_feed(ConsoleWorld& world) {
    SteadyTime const deadline = steady_now() + 20s;
    while (co_await live_readers(world) != "1") {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(10ms);
    }
}

/// The id of the next event, whatever stands between.
Task<std::string> next_event(EventReader& reader) {
    for (;;) {
        auto const item = co_await reader.next();
        REQUIRE(item);
        if (item->event == "event")
            co_return string_at(item->data, "id");
    }
}

Task<void> check_resume(ConsoleWorld& world) {
    co_await start_all(world);
    for (std::string const id : {"a", "b", "c"})
        co_await world.post_event(id);
    HttpRequest resumed = world.request("GET");
    resumed.headers.add("Last-Event-ID", "1");
    EventReader reader(co_await world.open(events, std::move(resumed)));
    CHECK(co_await next_event(reader) == "b");
    CHECK(co_await next_event(reader) == "c");
    EventReader since(co_await world.open(std::string(events) + "&since=2", world.request("GET")));
    CHECK(co_await next_event(since) == "c");
    co_await world.post_event("d");
    CHECK(co_await next_event(reader) == "d");
    CHECK(co_await next_event(since) == "d");
    world.broker.kill_hard();
    co_await world.broker.start();
    co_await world.post_event("e");
    CHECK(co_await next_event(reader) == "e");
}

Task<void> check_flood(ConsoleWorld& world) {
    constexpr int sent = 200;
    co_await start_all(world);
    EventReader reader(co_await world.open(std::string(events) + "&since=0", world.request("GET")));
    co_await world.post_batch(sent);
    std::int64_t seen = 0;
    while (seen < sent) {
        auto const item = co_await reader.next();
        REQUIRE(item);
        seen += item->event == "dropped" ? integer_at(item->data, "n").value_or(0) : 1;
    }
    CHECK(seen == sent);
}

/// More was missed than a stream is filled up with.
Task<void> check_resync(ConsoleWorld& world) {
    co_await start_all(world);
    co_await world.post_batch(600);
    EventReader reader(co_await world.open(std::string(events) + "&since=5", world.request("GET")));
    for (;;) {
        auto const item = co_await reader.next();
        REQUIRE(item);
        if (item->event != "resync")
            continue;
        CHECK_FALSE(string_at(item->data, "reason").empty());
        break;
    }
}

Task<void> check_limit(ConsoleWorld& world) {
    co_await start_all(world);
    std::vector<std::unique_ptr<BodyReader>> open;
    for (int i = 0; i < 8; ++i)
        open.push_back(co_await world.open(events, world.request("GET")));
    CHECK(problem_code(co_await world.get(events), 429) == "stream.limit");
    // A stream that is only asked about takes no place for good.
    open.pop_back();
    SteadyTime const deadline = steady_now() + 20s;
    int status = 429;
    while (status == 429 && steady_now() < deadline)
        status = (co_await world.send(events, world.request("HEAD"))).status;
    CHECK(status == 200);
    for (int i = 0; i < 20; ++i)
        CHECK((co_await world.send(events, world.request("HEAD"))).status == 200);
}

Task<void> check_end(ConsoleWorld& world) {
    co_await start_all(world);
    EventReader reader(
        co_await world.open("/api/v1/stream?topics=functions,sources", world.request("GET")));
    CHECK((co_await world.call("DELETE", "/api/v1/session", "")).status == 204);
    auto const item = co_await reader.next();
    REQUIRE(item);
    CHECK(item->event == "end");
    CHECK(string_at(item->data, "code") == "session.expired");
    CHECK_FALSE(co_await reader.next());
}

Task<void> check_functions(ConsoleWorld& world) {
    co_await start_all(world);
    EventReader reader(
        co_await world.open("/api/v1/stream?topics=functions", world.request("GET")));
    auto const made = co_await world.call(
        "POST", "/api/v1/functions",
        R"({"name":"e","recipe":"echo","triggers":[{"types":[],"attributes":[]}],)"
        R"("env":{},"secrets":{}})");
    REQUIRE(made.status == 201);
    auto const told = co_await reader.next();
    REQUIRE(told);
    CHECK(told->event == "function");
    CHECK(string_at(told->data, "name") == "e");
    CHECK((co_await world.call("DELETE", "/api/v1/functions/e", "")).status == 204);
    for (;;) {
        auto const item = co_await reader.next();
        REQUIRE(item);
        if (item->event != "functionDeleted")
            continue;
        CHECK(string_at(item->data, "name") == "e");
        break;
    }
}

/// The data of the next item of this kind.
Task<Json> next_of(EventReader& reader, std::string event) {
    for (;;) {
        auto const item = co_await reader.next();
        REQUIRE(item);
        if (item->event == event)
            co_return item->data;
    }
}

/// Nobody listens at the trigger's address: the delivery fails at once.
Task<void> check_deliveries(ConsoleWorld& world) {
    co_await start_all(world);
    co_await world.put(
        kinds::trigger, "t",
        R"({"broker":"default","delivery":{"retry":0},"subscriber":{"uri":"http://127.0.0.1:9/"}})");
    co_await wait_for_trigger(world);
    EventReader list(co_await world.open(std::string(events) + "&since=0", world.request("GET")));
    EventReader filtered(co_await world.open(
        std::string(events) + "&since=0&type=no.such.type", world.request("GET")));
    EventReader page(
        co_await world.open("/api/v1/stream?topics=deliveries&seq=1", world.request("GET")));
    co_await wait_for_feed(world);
    co_await world.post_event("a");
    // The row may come so late that it says how the delivery ended; else that is told after it.
    Json told = co_await next_of(list, "event");
    CHECK(string_at(told, "id") == "a");
    if (integer_at(told, "deliveries/failed") != 1)
        told = co_await next_of(list, "delivery");
    CHECK(string_at(told, "seq") == "1");
    CHECK(integer_at(told, "deliveries/failed") == 1);
    told = co_await next_of(page, "delivery");
    CHECK(string_at(told, "seq") == "1");
    CHECK(integer_at(told, "deliveries/failed") == 1);
    // Who comes later, with the row as it was on arrival, is told how it stands now.
    EventReader later(co_await world.open(std::string(events) + "&since=1", world.request("GET")));
    CHECK(integer_at(co_await next_of(later, "delivery"), "deliveries/failed") == 1);
    EventReader before(co_await world.open(std::string(events) + "&since=0", world.request("GET")));
    CHECK(integer_at(co_await next_of(before, "event"), "deliveries/failed") == 1);
    // Another type's tab has heard of none of it.
    CHECK((co_await world.call("DELETE", "/api/v1/session", "")).status == 204);
    auto const item = co_await filtered.next();
    REQUIRE(item);
    CHECK(item->event == "end");
}

/// The page has read its event before anything listened to the broker.
Task<void> check_first_page(ConsoleWorld& world) {
    co_await start_all(world);
    co_await world.post_event("a");
    EventReader page(
        co_await world.open("/api/v1/stream?topics=deliveries&seq=1", world.request("GET")));
    auto const told = co_await page.next();
    REQUIRE(told);
    CHECK(told->event == "resync");
    CHECK(string_at(told->data, "reason").find("not heard") != std::string::npos);
    // A list goes on behind what it has, and need not read anything again.
    EventReader list(co_await world.open(std::string(events) + "&since=1", world.request("GET")));
    co_await world.post_event("b");
    for (;;) {
        auto const item = co_await list.next();
        REQUIRE(item);
        CHECK(item->event != "resync");
        if (item->event == "event")
            break;
    }
}

/// The broker's end of the console: one stream, however many tabs there are.
Task<void> check_one_feed(ConsoleWorld& world) {
    co_await start_all(world);
    std::vector<std::unique_ptr<BodyReader>> tabs;
    for (int i = 0; i < 5; ++i)
        tabs.push_back(co_await world.open(
            "/api/v1/stream?topics=events,functions,sources,overview", world.request("GET")));
    co_await world.post_event("a");
    EventReader first(std::move(tabs.front()));
    CHECK(co_await next_event(first) == "a");
    CHECK(co_await live_readers(world) == "1");
}

}  // namespace

TEST_CASE("Stream: it goes on behind Last-Event-ID, also over a broker that was killed") {
    ConsoleWorld world;
    run_task(world.io, check_resume(world));
}

TEST_CASE("Stream: of a flood every event is shown or counted") {
    ConsoleWorld world;
    run_task(world.io, check_flood(world));
}

TEST_CASE("Stream: who has missed too much is told to read the history") {
    ConsoleWorld world;
    run_task(world.io, check_resync(world));
}

TEST_CASE("Stream: a session has eight, and one that has ended makes room") {
    ConsoleWorld world;
    run_task(world.io, check_limit(world));
}

TEST_CASE("Stream: it says so and closes when the session ends") {
    ConsoleWorld world;
    run_task(world.io, check_end(world));
}

// ui-trial 1
TEST_CASE("Stream: an event's deliveries are told as they change, to lists and to its page") {
    ConsoleWorld world;
    run_task(world.io, check_deliveries(world));
}

TEST_CASE("Stream: the very first tab, an event's page, is told to read it again") {
    ConsoleWorld world;
    run_task(world.io, check_first_page(world));
}

// review 3.6
TEST_CASE("Stream: all tabs share one stream of the broker") {
    ConsoleWorld world;
    run_task(world.io, check_one_feed(world));
}

TEST_CASE("Stream: functions are told when they come, change and go") {
    ConsoleWorld world;
    run_task(world.io, check_functions(world));
}
