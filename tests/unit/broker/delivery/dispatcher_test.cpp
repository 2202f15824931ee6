// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatcher.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/broker/delivery/delivery_world.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

TriggerVersionRef const echo = version(1, "echo", "u-1");

/// One dispatcher, of the trigger "echo". A retry is due when the test says so.
class One : public DeliveryWorld {
public:
    explicit One(std::filesystem::path const& at) : DeliveryWorld(at), shared(parts()) {
        shared.wake_at = [this](Dispatcher&, SteadyTime due) { wakes.push_back(due); };
    }
    /// What it has to deliver stands in the log up to `unread_to`.
    void begin(std::shared_ptr<TriggerRoute> at, std::int64_t unread_to) {
        delivery = std::make_unique<TriggerDelivery>(
            DeliveryCursor::Limits{.concurrency = 2, .window = 8},
            TriggerTotals{.low_water = 1, .matched = static_cast<std::uint64_t>(unread_to)},
            std::move(at), unread_to);
        dispatcher = std::make_unique<Dispatcher>(shared, *delivery);
        dispatcher->pump();
    }
    /// As Dispatchers does with a new route.
    void set_route(std::shared_ptr<TriggerRoute> to) {
        if (delivery->set_route(std::move(to)))
            dispatcher->pump();
    }
    Task<void> end() {
        co_await dispatcher->stop(steady_now() + 1s);
        co_await server.stop(1s);
    }
    Task<bool> settles(std::size_t count) {
        return comes_true([this, count] { return settled.size() >= count; }, 20s);
    }

    DispatcherParts shared;
    std::vector<SteadyTime> wakes;
    std::unique_ptr<TriggerDelivery> delivery;
    std::unique_ptr<Dispatcher> dispatcher;
};

Task<void> check_backlog(One& in) {
    co_await in.store(20, echo);
    in.begin(in.route("echo"), 20);
    CHECK(co_await in.settles(20));
    CHECK(in.received.size() == 20);
    CHECK(in.delivery->cursor().is_caught_up());
    CHECK(in.delivery->totals().delivered == 20);
    CHECK(in.delivery->pending() == 0);
    auto const changed = in.delivery->take_changed(20);
    REQUIRE(changed);
    CHECK(changed->low_water == 0);
    CHECK_FALSE(in.delivery->take_changed(20));
    co_await in.end();
}

Task<void> check_new_address(One& in) {
    co_await in.store(1, echo);
    auto nowhere = in.route("echo");
    nowhere->subscriber_url = failure(ErrorCode::unavailable, "There is no such Service.");
    nowhere->retry.delay = 1h;
    nowhere->retry.retries = 3;
    in.begin(nowhere, 1);
    CHECK(co_await comes_true([&] { return !in.wakes.empty(); }, 20s));
    CHECK(in.retried == 1);
    CHECK(in.delivery->totals().last_error == "There is no such Service.");
    // The hour is not waited for.
    in.set_route(in.route("echo"));
    CHECK(co_await in.settles(1));
    CHECK(in.received == std::vector<std::string>{"1"});
    co_await in.end();
}

Task<void> check_unusable_address(One& in) {
    co_await in.store(1, echo);
    auto bad = in.route("echo");
    bad->subscriber_url = "bad://uri";
    bad->dead_letter_url = std::make_shared<Result<std::string> const>(in.server.url() + "/");
    bad->retry.delay = 1h;
    bad->retry.retries = 3;
    in.begin(bad, 1);
    CHECK(co_await in.settles(1));
    CHECK(in.retried == 0);
    CHECK(in.settled.front() == DeliveryState::dead_lettered);
    CHECK(in.received == std::vector<std::string>{"1"});
    CHECK(
        in.delivery->totals().last_error ==
        "Nothing can be sent to this address: \"bad://uri\" must begin with http:// or https://.");
    co_await in.end();
}

Task<void> check_unusable_dead_letter_sink(One& in) {
    in.refused = {"1"};
    co_await in.store(1, echo);
    auto bad = in.route("echo");
    bad->dead_letter_url = std::make_shared<Result<std::string> const>("ftp://dead");
    bad->retry.retries = 0;
    in.begin(bad, 1);
    CHECK(co_await in.settles(1));
    CHECK(in.settled.front() == DeliveryState::failed);
    CHECK(in.delivery->totals().last_error.contains("\"ftp://dead\" must begin with"));
    co_await in.end();
}

Task<void> check_given_up(One& in) {
    in.refused = {"1"};
    co_await in.store(2, echo);
    auto once = in.route("echo");
    once->retry.retries = 0;
    in.begin(once, 2);
    CHECK(co_await in.settles(2));
    CHECK(in.received == std::vector<std::string>{"2"});
    CHECK(std::ranges::count(in.settled, DeliveryState::failed) == 1);
    CHECK(in.delivery->totals().failed == 1);
    CHECK(in.delivery->totals().last_error_status == 503);
    CHECK(in.retried == 0);
    co_await in.end();
}

/// A subscriber that takes the first event and then closes each connection on the request it came
/// with.
Task<void> check_closing_subscriber(One& in) {
    ScriptedServer subscriber(in.io, {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"});
    auto route = in.route("echo");
    route->subscriber_url = "http://" + subscriber.url().authority() + "/";
    route->retry.retries = 2;
    co_await in.store(1, echo);
    in.begin(route, 1);
    CHECK(co_await in.settles(1));
    co_await in.store(1, echo);
    auto const stored = co_await in.reading.run([&in] { return in.history.find(2); });
    REQUIRE(stored);
    in.delivery->offered(*stored->event, echo->id);
    CHECK(co_await comes_true(
        [&in] {
            in.dispatcher->pump();
            return in.settled.size() == 2;
        },
        20s));
    CHECK(in.settled.back() == DeliveryState::failed);
    CHECK(subscriber.requests() == 1 + 3);
    CHECK(in.retried == 2);
    co_await in.end();
    co_await subscriber.stop();
}

Task<void> check_unreadable(One& in) {
    co_await in.store(3, echo);
    {
        auto database =
            Database::open(in.segments.list()->front().file, Database::Sync::checkpoints);
        REQUIRE(database);
        REQUIRE(database->execute("UPDATE events SET text_checksum=0 WHERE seq=2"));
    }
    in.begin(in.route("echo"), 3);
    CHECK(co_await in.settles(3));
    CHECK(in.received.size() == 2);
    CHECK(in.delivery->totals().failed == 1);
    CHECK(in.delivery->totals().last_error.find("000001.db") != std::string::npos);
    co_await in.end();
}

Task<void> check_stop(One& in) {
    in.refused = {"1"};
    co_await in.store(1, echo);
    auto patient = in.route("echo");
    patient->retry.delay = 1h;
    patient->retry.retries = 3;
    in.begin(patient, 1);
    CHECK(co_await comes_true([&] { return in.retried == 1; }, 20s));
    in.delivery->stop();
    in.set_route(in.route("echo"));
    CHECK(in.delivery->cursor().in_flight() == 0);
    CHECK(in.settled.empty());
    co_await in.end();
}

}  // namespace

TEST_CASE("Dispatcher: what stands in the log is delivered, more than its window, and counted") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_backlog(in));
}

TEST_CASE("Dispatcher: a new address is tried at once with what waits for a retry") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_new_address(in));
}

TEST_CASE("Dispatcher: what can be sent nowhere goes to the dead letter sink without a retry") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_unusable_address(in));
}

TEST_CASE("Dispatcher: a dead letter that can be sent nowhere has failed") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_unusable_dead_letter_sink(in));
}

TEST_CASE("Dispatcher: what is refused for the last time has failed, the next one goes on") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_given_up(in));
}

// Attack 22.
TEST_CASE("Dispatcher: no more requests are sent than the retry count says") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_closing_subscriber(in));
}

TEST_CASE("Dispatcher: an event that is damaged has failed, with the file's name") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_unreadable(in));
}

TEST_CASE("Dispatcher: one that is being stopped begins nothing") {
    TemporaryFolder const folder;
    One in(folder.path());
    run_task(in.io, check_stop(in));
}
