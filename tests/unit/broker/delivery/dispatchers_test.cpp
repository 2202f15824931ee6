// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatchers.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/broker/delivery/delivery_world.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

/// Dispatchers between a log and a subscriber.
class Delivering : public DeliveryWorld {
public:
    explicit Delivering(std::filesystem::path const& at)
        : DeliveryWorld(at),
          dispatchers(parts(), {.concurrency = 4, .window = 16}) {
        on_stored = [this](EventBatch const& batch) { dispatchers.stored(batch); };
    }
    Task<void> stop() {
        co_await dispatchers.stop(1s);
        co_await server.stop(1s);
    }
    TriggerDelivery const& only() const { return *dispatchers.all().begin()->second; }

    Dispatchers dispatchers;
};

Task<void> check_delivery(Delivering& in) {
    in.dispatchers.set_routes({in.route("echo")}, {}, 0);
    co_await in.store(50, version(1, "echo", "u-1"));
    CHECK(co_await in.gets(50));
    CHECK(co_await comes_true([&] { return in.only().cursor().is_caught_up(); }, 20s));
    CHECK(in.only().totals().delivered == 50);
    CHECK(in.only().totals().matched == 50);
    CHECK(in.dispatchers.received(in.only()) == 50);
    CHECK(in.dispatchers.low_water() == 51);
    // What changed is told once.
    CHECK(in.dispatchers.take_changed(1).triggers.size() == 1);
    CHECK(in.dispatchers.take_changed(1).triggers.empty());
    co_await in.stop();
}

Task<void> check_identity(Delivering& in) {
    in.refused = {"1", "2", "3"};
    in.dispatchers.set_routes({in.route("echo", "old")}, {}, 0);
    co_await in.store(3, version(1, "echo", "old"));
    in.dispatchers.set_routes({in.route("echo", "new")}, {}, 3);
    CHECK(in.given_up == 3);
    co_await in.store(1, version(2, "echo", "new"));
    CHECK(co_await in.gets(1));
    CHECK(co_await comes_true([&] { return in.only().cursor().is_caught_up(); }, 20s));
    CHECK(in.received == std::vector<std::string>{"4"});
    CHECK(in.only().first_seq() == 4);
    co_await in.stop();
}

Task<void> leave_backlog(Delivering& in) {
    in.refused = {"1", "2", "3", "4", "5"};
    in.dispatchers.set_routes({in.route("echo")}, {}, 0);
    co_await in.store(5, version(1, "echo", "u-1"));
    SavedTotals saved = in.dispatchers.take_changed(1);
    saved.head = 5;
    REQUIRE(in.totals.write(saved));
    co_await in.dispatchers.stop(0ms);
    co_await in.server.stop(0ms);
}

Task<void> check_unreadable(Delivering& in) {
    in.dispatchers.restore(*in.totals.read(), Dispatchers::Matches(), 5);
    // The first listing has the trigger, but nobody can read it.
    in.dispatchers.set_routes({}, {{"default/echo", "is no YAML"}}, 5);
    CHECK(in.dispatchers.low_water() == 1);
    in.dispatchers.set_routes({in.route("echo")}, {}, 5);
    CHECK(co_await in.gets(5));
    co_await in.stop();
}

Task<void> check_unreadable_removed(Delivering& in) {
    in.dispatchers.restore(*in.totals.read(), Dispatchers::Matches(), 5);
    in.dispatchers.set_routes({}, {{"default/echo", "is no YAML"}}, 5);
    CHECK(in.dispatchers.low_water() == 1);
    in.dispatchers.set_routes({}, {}, 5);
    CHECK(in.dispatchers.low_water() > 5);
    CHECK_FALSE(in.dispatchers.in_force()->contains("default/echo"));
    CHECK(in.dispatchers.take_changed(1).triggers.at("default/echo").removed);
    co_await in.stop();
}

Task<void> check_removed_while_down(Delivering& in) {
    in.dispatchers.restore(*in.totals.read(), Dispatchers::Matches(), 5);
    in.dispatchers.set_routes({}, {}, 5);
    CHECK(in.dispatchers.low_water() > 5);
    CHECK(in.dispatchers.take_changed(1).triggers.at("default/echo").removed);
    in.dispatchers.set_routes({in.route("echo", "u-2")}, {}, 5);
    CHECK(in.only().cursor().is_caught_up());
    co_await in.stop();
}

}  // namespace

TEST_CASE("Dispatchers: what matched is delivered, and idle ones are not saved again", "[broker]") {
    TemporaryFolder const folder;
    Delivering in(folder.path());
    run_task(in.io, check_delivery(in));
}

// Review 4.5.
TEST_CASE(
    "Dispatchers: a trigger made again under its name gets nothing of the old one", "[broker]") {
    TemporaryFolder const folder;
    Delivering in(folder.path());
    run_task(in.io, check_identity(in));
}

// Review 4.5.
TEST_CASE(
    "Dispatchers: one that could not be read at the start gets what waited for it", "[broker]") {
    TemporaryFolder const folder;
    {
        Delivering in(folder.path());
        run_task(in.io, leave_backlog(in));
    }
    Delivering in(folder.path());
    run_task(in.io, check_unreadable(in));
}

TEST_CASE(
    "Dispatchers: one that could never be read and is removed keeps no event back", "[broker]") {
    TemporaryFolder const folder;
    {
        Delivering in(folder.path());
        run_task(in.io, leave_backlog(in));
    }
    Delivering in(folder.path());
    run_task(in.io, check_unreadable_removed(in));
}

TEST_CASE(
    "Dispatchers: one removed while the broker was down leaves a mark, not a backlog", "[broker]") {
    TemporaryFolder const folder;
    {
        Delivering in(folder.path());
        run_task(in.io, leave_backlog(in));
    }
    Delivering in(folder.path());
    run_task(in.io, check_removed_while_down(in));
}
