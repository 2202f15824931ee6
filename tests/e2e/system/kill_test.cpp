// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int kills_total = 100;
constexpr double rate = 500;
constexpr int entities = 50;
constexpr milliseconds gap_least = 100ms;
constexpr milliseconds gap_most = 900ms;
constexpr nanoseconds drain_limit = 240s;

/// What may have been done and not yet been known to be done when a process is killed:
/// router: what its requests under way carry, at this rate one event for each entity at most; while
/// it catches up they are batches, for which the sum over all kills has room (seen: a sixth of it);
constexpr std::size_t in_flight_router = entities;
/// broker: such a POST, stored but not answered; and one call of each concurrent delivery that is
/// not settled on disk, which waits for at most one commit more;
constexpr std::size_t concurrency = 16;
constexpr std::size_t in_flight_broker = entities + 2 * concurrency;
/// runner: the call in its worker, and the one whose answer was being sent.
constexpr std::size_t in_flight_runner = 2;

/// MILLRACE_SEED replays a run's victims and moments.
unsigned choose_seed() {
    char const* given = std::getenv("MILLRACE_SEED");
    return given == nullptr ? std::random_device()()
                            : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

struct Kills {
    std::size_t router = 0;
    std::size_t broker = 0;
    std::size_t runner = 0;

    std::size_t duplicates_max() const {
        return router * in_flight_router + broker * in_flight_broker + runner * in_flight_runner;
    }
};

/// Kills one of the three at random moments and starts it again at once: the next kill may well
/// find it (or another) still starting.
Task<Kills> kill_often(Installation& installation, std::mt19937& random) {
    Kills kills;
    std::uniform_int_distribution<std::int64_t> gap_ms(gap_least.count(), gap_most.count());
    std::uniform_int_distribution<int> victim(0, 2);
    for (int i = 0; i < kills_total; ++i) {
        co_await sleep_for(milliseconds(gap_ms(random)));
        int const which = victim(random);
        ChildService& service = which == 0   ? installation.router
                                : which == 1 ? installation.broker
                                             : installation.runner;
        std::size_t& count = which == 0 ? kills.router : which == 1 ? kills.broker : kills.runner;
        service.kill_hard();
        service.spawn();
        ++count;
    }
    co_await installation.router.wait_until_ready();
    co_await installation.broker.wait_until_ready();
    co_await installation.runner.wait_until_ready();
    co_return kills;
}

Task<void> start_all(Installation& installation) {
    co_await installation.put_broker();
    co_await installation.put_receipts_function();
    co_await installation.simulator.start();
    co_await installation.put_source({.address = installation.vcenter_url()});
    co_await installation.broker.start();
    co_await installation.runner.start();
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
}

Task<void> start_burst(Installation& installation, std::int64_t count) {
    Json burst = Json::object();
    burst["count"] = count;
    burst["ratePerSecond"] = rate;
    burst["entities"] = entities;
    co_await installation.client.post(
        installation.simulator.url() + "/api/v1/bursts", std::move(burst));
}

/// All emitted events have been received: polled, since each is a call of the function.
Task<bool> drained(Installation& installation, ReceiptsFile& receipts, std::int64_t from) {
    std::string const api = installation.simulator.url();
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(drain_limit);
    while (steady_now() < deadline) {
        receipts.read_more();
        auto const missing = [&](std::vector<Emitted> const& emitted) {
            return std::ranges::any_of(
                emitted, [&](Emitted const& one) { return !receipts.keys().contains(one.key); });
        };
        auto const length = co_await ledger_length(installation.client, api);
        bool const may_be = static_cast<std::int64_t>(receipts.keys().size()) >= length - from;
        if (may_be && !missing(co_await read_ledger(installation.client, api, from)))
            co_return true;
        co_await sleep_for(100ms);
    }
    co_return false;
}

void print_summary(unsigned seed, Kills const& kills, Verdict const& verdict, double drain_s) {
    Json summary = Json::object();
    summary["test"] = "kill -9 of router, broker and runner";
    summary["seed"] = seed;
    summary["eventsPerSecond"] = rate;
    summary["kills"] = {
        {"router", kills.router}, {"broker", kills.broker}, {"runner", kills.runner}};
    summary["emitted"] = verdict.emitted;
    summary["lost"] = verdict.lost;
    summary["phantom"] = verdict.phantom;
    summary["inversions"] = verdict.inversions;
    summary["duplicates"] = verdict.duplicates;
    summary["duplicatesMax"] = kills.duplicates_max();
    summary["drainSeconds"] = drain_s;
    std::printf("%s\n", dump_json(summary).c_str());
    std::fflush(stdout);
}

Task<void> check_kills(Installation& installation, unsigned seed) {
    std::mt19937 random(seed);
    co_await start_all(installation);
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    auto const from = static_cast<std::int64_t>(before.size());
    constexpr auto gap_mean = (gap_least + gap_most) / 2;
    co_await start_burst(
        installation, static_cast<std::int64_t>(kills_total * rate * gap_mean / seconds(1)));
    Kills const kills = co_await kill_often(installation, random);
    SteadyTime const faults_stopped = steady_now();
    ReceiptsFile receipts(installation.receipts_file());
    bool const all_came = co_await drained(installation, receipts, from);
    double const drain_s = std::chrono::duration<double>(steady_now() - faults_stopped).count();
    auto const emitted = co_await read_ledger(installation.client, api, from);
    Verdict const verdict = compare(emitted, before, receipts.all());
    print_summary(seed, kills, verdict, drain_s);
    CHECK(all_came);
    CHECK(verdict.lost == 0);
    CHECK(verdict.phantom == 0);
    CHECK(verdict.inversions == 0);
    CHECK(verdict.duplicates <= kills.duplicates_max());
    for (ChildService* service : {&installation.router, &installation.runner, &installation.broker})
        CHECK(co_await service->stop() == 0);
}

}  // namespace

TEST_CASE("System: kill -9 at 100 random moments loses nothing and keeps the order", "[system]") {
    unsigned const seed = choose_seed();
    std::printf("seed %u (MILLRACE_SEED=%u replays it)\n", seed, seed);
    std::fflush(stdout);
    INFO("seed " << seed);
    Installation installation({"--no-tls"});
    run_task(installation.io, check_kills(installation, seed), 500s);
}
