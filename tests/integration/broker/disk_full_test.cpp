// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 40;

Task<void> check_full_disk(BrokerWorld& world, Subscriber& subscriber) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.broker.start();
    std::set<std::string> acknowledged;
    // Two attributes as long as they may be together.
    std::string const padding(7'000, 'x');
    int refused = 0;
    for (int i = 0; i < 400 && refused < 20; ++i) {
        std::string const id = std::to_string(i);
        int const status =
            co_await world.send(id, {{"ce-padding", padding}, {"ce-filling", padding}});
        if (status == 202)
            acknowledged.insert(id);
        else
            ++refused;
        CHECK((status == 202 || status == 503));
    }
    CHECK(refused >= 20);
    CHECK(acknowledged.size() > 10);
    world.broker.set_file_bytes_max(plenty);
    SteadyTime const deadline = steady_now() + 10s;
    while (co_await world.send("after") != 202) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(20ms);
    }
    acknowledged.insert("after");
    co_await subscriber.wait_for([&] { return subscriber.distinct() >= acknowledged.size(); });
    for (std::string const& id : acknowledged)
        CHECK(subscriber.count(id) == 1);
    CHECK(subscriber.distinct() == acknowledged.size());
    // What was stored, and nothing else, is there after a crash.
    world.broker.kill_hard();
    co_await world.broker.start();
    Json const last = co_await world.api("events?limit=1");
    CHECK(string_at(last["items"][0], "seq") == std::to_string(acknowledged.size()));
}

}  // namespace

TEST_CASE("Disk full: 503, nothing accepted that is not stored, recovers by itself", "[broker]") {
    // The limit of a file's size stands for a full disk: writes fail in the same places.
    BrokerWorld world({.file_bytes_max = 2 << 20});
    Subscriber subscriber(world.io);
    run_task(world.io, check_full_disk(world, subscriber));
}
