// SPDX-License-Identifier: Apache-2.0
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

constexpr std::uint64_t kills_by_default = 100;
constexpr std::int64_t rate = 500;
constexpr std::int64_t entities = 50;
constexpr milliseconds gap_least = 100ms;
constexpr milliseconds gap_most = 900ms;
constexpr milliseconds gap_mean = (gap_least + gap_most) / 2;
constexpr nanoseconds drain_limit = 240s;
/// Each entity has a Trigger of its own; of one, the subscriber takes half of what the entity has.
constexpr milliseconds slow_answer = 50ms;
/// The log has at least as many files.
constexpr std::int64_t segments = 4;

/// What may have been done and not yet been known to be done when a process is killed:
/// router: what its requests under way carry, at this rate one event for each entity at most; while
/// it catches up they are batches, for which the sum over all kills has room (seen: a sixth of it);
constexpr std::size_t in_flight_router = entities;
/// broker: such a POST, stored but not answered; and one call of each concurrent delivery that is
/// not settled on disk, which waits for at most one commit more;
constexpr std::size_t in_flight_broker = entities;
constexpr std::size_t function_deliveries = 16;
/// runner: the call in its worker, and the one whose answer was being sent.
constexpr std::size_t in_flight_runner = 2;

struct Kills {
    std::size_t router = 0;
    std::size_t broker = 0;
    std::size_t runner = 0;
    std::size_t all_at_once = 0;  ///< counted with each of the three, too

    std::size_t duplicates_max(std::size_t concurrent_deliveries) const {
        return router * in_flight_router + broker * (in_flight_broker + 2 * concurrent_deliveries) +
               runner * in_flight_runner;
    }
};

/// How long a run is, and what it takes: MILLRACE_SYSTEM_KILLS and MILLRACE_SEED set it.
struct Plan {
    unsigned seed = 0;
    std::size_t kills = 0;

    std::int64_t events() const {
        return static_cast<std::int64_t>(kills) * rate * gap_mean / seconds(1);
    }
};

struct Rig {
    Plan plan;
    Installation installation;
    EventSink sink;                       ///< of the Triggers with one entity each
    EventSink slow_sink;                  ///< of one more
    std::vector<std::string> names = {};  ///< of the entities

    explicit Rig(Plan run)
        : plan(run),
          installation(
              {"--no-tls"}, {"--segment-events=" + std::to_string(run.events() / segments)}),
          sink(installation.io),
          slow_sink(installation.io, {.delay = slow_answer}) {}
};

/// Kills one of the three, or all, at random moments and starts it again at once: the next kill
/// may well find it (or another) still starting.
Task<Kills> kill_often(Rig& rig) {
    Installation& installation = rig.installation;
    std::mt19937 random(rig.plan.seed);
    Kills kills;
    std::uniform_int_distribution<std::int64_t> gap_ms(gap_least.count(), gap_most.count());
    std::uniform_int_distribution<int> victim(0, 3);
    for (std::size_t i = 0; i < rig.plan.kills; ++i) {
        co_await sleep_for(milliseconds(gap_ms(random)));
        int const which = victim(random);
        bool const all = which == 3;
        auto const kill = [](ChildService& service, std::size_t& count) {
            service.kill_hard();
            service.spawn();
            ++count;
        };
        if (which == 0 || all)
            kill(installation.router, kills.router);
        if (which == 1 || all)
            kill(installation.broker, kills.broker);
        if (which == 2 || all)
            kill(installation.runner, kills.runner);
        kills.all_at_once += all ? 1 : 0;
    }
    co_await installation.router.wait_until_ready();
    co_await installation.broker.wait_until_ready();
    co_await installation.runner.wait_until_ready();
    co_return kills;
}

/// A Trigger for each entity, one more for a slow subscriber: in force before events come.
Task<void> put_triggers(Rig& rig) {
    Installation& installation = rig.installation;
    std::string const api = installation.simulator.url();
    // Which entities a burst has is told by one.
    co_await start_burst(installation.client, api, {.count = entities, .entities = entities});
    rig.names = co_await burst_entities(installation.client, api);
    for (std::string const& name : rig.names)
        co_await installation.put_trigger(
            {"only-" + name, {{"partitionkey", name}}, rig.sink.url()});
    co_await installation.put_trigger(
        {"slow", {{"partitionkey", rig.names.front()}}, rig.slow_sink.url()});
    SteadyTime const deadline = steady_now() + 30s;
    while (co_await installation.ready_triggers() < rig.names.size() + 2) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(20ms);
    }
}

Task<void> start_all(Rig& rig) {
    Installation& installation = rig.installation;
    co_await installation.put_broker();
    co_await installation.put_receipts_function("id partitionkey");
    co_await installation.simulator.start();
    co_await installation.broker.start();
    co_await installation.runner.start();
    co_await put_triggers(rig);
    co_await installation.put_source({.address = installation.vcenter_url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
}

/// What was received by those who get everything, each its own entity, and one entity slowly.
struct Verdicts {
    Verdict function;
    Verdict triggers;
    Verdict slow_trigger;
};

Verdicts judge(
    Rig const& rig, std::vector<Emitted> const& emitted, std::vector<Emitted> const& before,
    ReceiptsFile const& receipts) {
    auto const of = [&](std::set<std::string> const& wanted) {
        std::vector<Emitted> some;
        std::ranges::copy_if(emitted, std::back_inserter(some), [&](Emitted const& one) {
            return wanted.contains(one.entity);
        });
        return some;
    };
    auto const& names = rig.names;
    return {
        .function = compare(emitted, before, receipts.all()),
        .triggers = compare(of({names.begin(), names.end()}), before, rig.sink.taken()),
        .slow_trigger = compare(of({names.front()}), before, rig.slow_sink.taken())};
}

bool nothing_lost(Verdicts const& verdicts) {
    return verdicts.function.lost + verdicts.triggers.lost + verdicts.slow_trigger.lost == 0;
}

/// Waits until all emitted events have been received; the verdicts when it stopped waiting.
Task<Verdicts> drain(Rig& rig, std::vector<Emitted> const& before) {
    Installation& installation = rig.installation;
    std::string const api = installation.simulator.url();
    co_await wait_for_bursts(installation.client, api, drain_limit);
    co_await installation.wait_for_source("Waiting");
    auto const emitted =
        co_await read_ledger(installation.client, api, static_cast<std::int64_t>(before.size()));
    ReceiptsFile receipts(installation.receipts_file());
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(drain_limit);
    while (true) {
        receipts.read_more();
        bool const is_over = steady_now() > deadline;
        if (receipts.keys().size() >= emitted.size() || is_over) {
            Verdicts const verdicts = judge(rig, emitted, before, receipts);
            if (nothing_lost(verdicts) || is_over)
                co_return verdicts;
        }
        co_await sleep_for(100ms);
    }
}

Json to_json(Verdict const& verdict) {
    return {
        {"emitted", verdict.emitted},
        {"lost", verdict.lost},
        {"phantom", verdict.phantom},
        {"inversions", verdict.inversions},
        {"duplicates", verdict.duplicates}};
}

void print_summary(Plan const& plan, Kills const& kills, Verdicts const& verdicts, double drain_s) {
    Json summary = Json::object();
    summary["test"] = "kill -9 of router, broker and runner";
    summary["seed"] = plan.seed;
    summary["eventsPerSecond"] = rate;
    summary["triggers"] = entities + 2;
    summary["kills"] = {
        {"router", kills.router},
        {"broker", kills.broker},
        {"runner", kills.runner},
        {"ofThemAllAtOnce", kills.all_at_once}};
    summary["function"] = to_json(verdicts.function);
    summary["entityTriggers"] = to_json(verdicts.triggers);
    summary["slowTrigger"] = to_json(verdicts.slow_trigger);
    summary["drainSeconds"] = drain_s;
    std::printf("%s\n", dump_json(summary).c_str());
    std::fflush(stdout);
}

void check(Verdict const& verdict, std::size_t duplicates_max) {
    CHECK(verdict.emitted > 0);
    CHECK(verdict.lost == 0);
    CHECK(verdict.phantom == 0);
    CHECK(verdict.inversions == 0);
    CHECK(verdict.duplicates <= duplicates_max);
}

/// The log has been through several files, each of them had to be read and written again.
std::size_t segment_files(Installation const& installation) {
    std::filesystem::directory_iterator const files(
        installation.folder.path() / "broker" / "segments");
    return static_cast<std::size_t>(std::ranges::count_if(
        files, [](auto const& file) { return file.path().extension() == ".db"; }));
}

Task<void> check_kills(Rig& rig) {
    Installation& installation = rig.installation;
    co_await start_all(rig);
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    co_await start_burst(installation.client, api, {rig.plan.events(), rate, entities});
    Kills const kills = co_await kill_often(rig);
    SteadyTime const faults_stopped = steady_now();
    Verdicts const verdicts = co_await drain(rig, before);
    double const drain_s = std::chrono::duration<double>(steady_now() - faults_stopped).count();
    print_summary(rig.plan, kills, verdicts, drain_s);
    check(verdicts.function, kills.duplicates_max(function_deliveries));
    check(verdicts.triggers, kills.duplicates_max(entities));
    check(verdicts.slow_trigger, kills.duplicates_max(1));
    CHECK(segment_files(installation) >= 3);
    for (ChildService* service : {&installation.router, &installation.runner, &installation.broker})
        CHECK(co_await service->stop() == 0);
    co_await rig.sink.stop();
    co_await rig.slow_sink.stop();
}

}  // namespace

TEST_CASE(
    "System: kill -9 of router, broker, runner or all at once, again and again, loses nothing and "
    "keeps the order",
    "[system]") {
    Plan const plan{
        .seed = static_cast<unsigned>(
            environment_number("MILLRACE_SEED").value_or(std::random_device()())),
        .kills = environment_number("MILLRACE_SYSTEM_KILLS").value_or(kills_by_default)};
    std::printf(
        "seed %u (MILLRACE_SEED=%u replays its victims and moments)\n", plan.seed, plan.seed);
    std::fflush(stdout);
    INFO("seed " << plan.seed);
    Rig rig(plan);
    run_task(rig.installation.io, check_kills(rig), 500s + plan.kills * gap_mean);
}
