// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/burst.hpp"

#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

Task<bool> all_emitted(ServiceClient& client, std::string api) {
    Json const bursts = co_await client.get(api + "/api/v1/bursts");
    co_return std::ranges::all_of(*find_json(bursts, "items"), [](Json const& burst) {
        return integer_at(burst, "emitted").value() >= integer_at(burst, "count").value();
    });
}

}  // namespace

Task<void> start_burst(ServiceClient& client, std::string api, Burst burst) {
    Json request = Json::object();
    request["count"] = burst.count;
    request["ratePerSecond"] = burst.rate;
    if (burst.entities > 0)
        request["entities"] = burst.entities;
    co_await client.post(api + "/api/v1/bursts", std::move(request));
}

Task<std::vector<std::string>> burst_entities(ServiceClient& client, std::string api) {
    Json const bursts = co_await client.get(api + "/api/v1/bursts");
    Json const& items = *find_json(bursts, "items");
    REQUIRE(!items.empty());
    co_return find_json(items.back(), "entities")->get<std::vector<std::string>>();
}

Task<void> wait_for_bursts(ServiceClient& client, std::string api, nanoseconds limit) {
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    while (!co_await all_emitted(client, api)) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(20ms);
    }
}

}  // namespace millrace::test
