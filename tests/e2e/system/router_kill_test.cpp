// SPDX-License-Identifier: Apache-2.0
// The router alone is killed, MILLRACE_ROUTER_KILLS times, while events flow.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/event_sink.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr unsigned kills_by_default = 30;
constexpr std::int64_t rate = 500;
constexpr std::int64_t entities = 50;
constexpr milliseconds gap_most = 500ms;
constexpr milliseconds drain_limit = 120s;
/// One request of each lane at most was answered and not yet noted, or not yet answered.
constexpr std::size_t repeats_max = 64;

unsigned number_in(char const* variable, unsigned fallback) {
    char const* const text = std::getenv(variable);
    if (text == nullptr)
        return fallback;
    std::string_view const digits = text;
    unsigned number = 0;
    auto const [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    REQUIRE(code == std::errc());
    REQUIRE(end == digits.data() + digits.size());
    return number;
}

Task<void> check_kills(Installation& installation, EventSink& sink, unsigned kills, unsigned seed) {
    std::mt19937 random(seed);
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    Json burst = Json::object();
    burst["count"] = static_cast<std::int64_t>(kills) * rate * gap_most / 2s;
    burst["ratePerSecond"] = rate;
    burst["entities"] = entities;
    co_await installation.client.post(api + "/api/v1/bursts", std::move(burst));
    for (unsigned i = 0; i < kills; ++i) {
        co_await sleep_for(milliseconds(random() % static_cast<unsigned>(gap_most.count())));
        installation.router.kill_hard();
        installation.router.spawn();
    }
    co_await installation.router.wait_until_ready();
    SteadyTime const stopped = steady_now();
    auto const from = static_cast<std::int64_t>(before.size());
    auto emitted = co_await read_ledger(installation.client, api, from);
    auto const all_came = [&] {
        return std::ranges::all_of(emitted, [&](Emitted const& one) { return sink.has(one.key); });
    };
    CHECK(co_await comes_true(all_came, drain_limit));
    double const drain_s = std::chrono::duration<double>(steady_now() - stopped).count();
    emitted = co_await read_ledger(installation.client, api, from);
    CHECK(co_await comes_true(all_came, drain_limit));
    Verdict const verdict = compare(emitted, before, sink.taken());
    std::printf(
        "kill -9 of the router: seed %u, %u kills, %zu events, %zu lost, %zu out of order, %zu "
        "repeated (%zu allowed), drained in %.1f s\n",
        seed, kills, verdict.emitted, verdict.lost, verdict.inversions, verdict.duplicates,
        kills * repeats_max, drain_s);
    CHECK(verdict.lost == 0);
    CHECK(verdict.inversions == 0);
    CHECK(verdict.phantom == 0);
    CHECK(verdict.duplicates <= kills * repeats_max);
    co_await sink.stop();
}

}  // namespace

TEST_CASE("System: a router killed again and again loses nothing and keeps the order", "[system]") {
    unsigned const kills = number_in("MILLRACE_ROUTER_KILLS", kills_by_default);
    unsigned const seed = number_in("MILLRACE_SEED", std::random_device()());
    Installation installation({"--no-tls"});
    EventSink sink(installation.io);
    run_task(
        installation.io, check_kills(installation, sink, kills, seed), 300s + kills * gap_most);
}
