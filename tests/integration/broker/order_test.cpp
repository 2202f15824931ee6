// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Task<void> check_order(BrokerWorld& world, Subscriber& subscriber, std::mt19937& random) {
    world.put_trigger(
        "echo", BrokerWorld::spec_to(
                    subscriber.url(), R"(, "delivery": {"retry": 20, "backoffDelay": "PT0.002S",
                                                        "backoffPolicy": "linear"})"));
    co_await world.broker.start();
    // Which events arrived, in the order they were taken, per entity.
    std::map<std::string, std::vector<int>> taken;
    subscriber.answer_by([&](HttpRequest const& request, int) {
        if (random() % 3 == 0)
            return HttpResponse{.status = 503};
        taken[std::string(request.headers.get("ce-partitionkey"))].push_back(
            std::stoi(std::string(request.headers.get("ce-id"))));
        return HttpResponse{.status = 202};
    });
    constexpr int events = 400;
    for (int i = 0; i < events; ++i)
        CHECK(
            co_await world.send(
                std::to_string(i), {{"ce-partitionkey", "vm-" + std::to_string(random() % 7)}}) ==
            202);
    co_await subscriber.wait_for([&] {
        std::size_t total = 0;
        for (auto const& [entity, ids] : taken)
            total += ids.size();
        return total == events;
    });
    CHECK(taken.size() == 7);
    for (auto const& [entity, ids] : taken)
        CHECK(std::ranges::is_sorted(ids));
}

}  // namespace

TEST_CASE("Order: events of one entity arrive in order, however many attempts fail", "[broker]") {
    auto const seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    BrokerWorld world;
    Subscriber subscriber(world.io);
    run_task(world.io, check_order(world, subscriber, random));
}
