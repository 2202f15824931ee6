// SPDX-License-Identifier: Apache-2.0
// The router alone is killed, MILLRACE_ROUTER_KILLS times, while events flow.
#include <cstdio>
#include <random>

#include "tests/e2e/system/burst.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/event_sink.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"

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

Task<void> check_kills(Installation& installation, EventSink& sink, unsigned kills, unsigned seed) {
    std::mt19937 random(seed);
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    std::int64_t const events = static_cast<std::int64_t>(kills) * rate * gap_most / 2s;
    co_await start_burst(installation.client, api, {events, rate, entities});
    for (unsigned i = 0; i < kills; ++i) {
        co_await sleep_for(milliseconds(random() % static_cast<unsigned>(gap_most.count())));
        installation.router.kill_hard();
        installation.router.spawn();
    }
    co_await installation.router.wait_until_ready();
    SteadyTime const stopped = steady_now();
    // Only then is nothing emitted any more: the burst is over, and the last router has logged in.
    co_await wait_for_bursts(installation.client, api, drain_limit);
    co_await installation.wait_for_source("Waiting");
    auto const emitted =
        co_await read_ledger(installation.client, api, static_cast<std::int64_t>(before.size()));
    auto const all_came = [&] {
        return std::ranges::all_of(emitted, [&](Emitted const& one) { return sink.has(one.key); });
    };
    CHECK(co_await comes_true(all_came, drain_limit));
    double const drain_s = std::chrono::duration<double>(steady_now() - stopped).count();
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
    auto const kills = static_cast<unsigned>(
        environment_number("MILLRACE_ROUTER_KILLS").value_or(kills_by_default));
    auto const seed =
        static_cast<unsigned>(environment_number("MILLRACE_SEED").value_or(std::random_device()()));
    Installation installation({"--no-tls"});
    EventSink sink(installation.io);
    run_task(
        installation.io, check_kills(installation, sink, kills, seed), 300s + kills * gap_most);
}
