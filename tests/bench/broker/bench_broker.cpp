// SPDX-License-Identifier: Apache-2.0
// Measures the broker and prints one JSON line a figure:
//   accept                 posts until 202 (durable), no trigger
//   accept, full history   the same over a log of --history events
//   accept, match, deliver posts until the subscriber has every event
//   accept, N triggers     as accept, with N triggers that do not match
//   deliver, 100 triggers  as deliver, with 99 that do not match beside the one that does
//   trigger burst          2,000 triggers written at once; the longest waits meanwhile; a restart
// each with one event a request and with batches as the router sends them; and
//   search                 each kind of search over --history events
#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "common/base/flags.hpp"
#include "common/base/log.hpp"
#include "tests/bench/broker/broker_under_load.hpp"
#include "tests/bench/broker/built_history.hpp"
#include "tests/bench/broker/load.hpp"
#include "tests/bench/read_flags.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::bench;

namespace {

std::vector<Flag> const flags = {
    {.name = "events",
     .kind = Flag::Kind::integer,
     .fallback = "200000",
     .help = "Events posted.",
     .low = 100},
    {.name = "history",
     .kind = Flag::Kind::integer,
     .fallback = "250000",
     .help = "Events of the history that is searched.",
     .low = 100},
    {.name = "connections",
     .kind = Flag::Kind::integer,
     .fallback = "64",
     .help = "Keep-alive connections.",
     .low = 1,
     .high = 1000},
    {.name = "rounds",
     .kind = Flag::Kind::integer,
     .fallback = "3",
     .help = "Rounds of each case; a figure is the median by CPU time.",
     .low = 1,
     .high = 100},
    {.name = "part",
     .fallback = "all",
     .help = "What is measured: all, accept, deliver, triggers or history.",
     .choices = "all|accept|deliver|triggers|history"},
    {.name = "folder", .help = "Keeps the history here, to be used again."}};

/// What a router with a backlog sends (measured: 27 to 31).
constexpr unsigned batch_events = 30;

/// What one round cost, in microseconds of CPU per event.
struct Cost {
    std::uint64_t events = 0;
    double events_per_s = 0;
    double cpu_us = 0;
    double io_us = 0;
    double writer_us = 0;
    double indexer_us = 0;
    double peak_mib = 0;
};

Cost cost_of(LoadResult const& result, BrokerUnderLoad const& broker, CpuTimes const& before) {
    CpuTimes const after = broker.cpu();
    auto const events = static_cast<double>(result.answered);
    auto const spent = [&](char const* thread) {
        auto const first = before.by_thread_s.find(thread);
        auto const last = after.by_thread_s.find(thread);
        double const seconds = (last == after.by_thread_s.end() ? 0 : last->second) -
                               (first == before.by_thread_s.end() ? 0 : first->second);
        return seconds * 1e6 / events;
    };
    return {
        .events = result.answered,
        .events_per_s = events / result.seconds,
        .cpu_us = (after.total_s - before.total_s) * 1e6 / events,
        .io_us = spent("millrace-broker"),
        .writer_us = spent("log-writer"),
        .indexer_us = spent("word-indexer"),
        .peak_mib = broker.peak_mib()};
}

void print(char const* name, unsigned batch, std::vector<Cost> rounds) {
    std::string all;
    for (Cost const& round : rounds)
        all += (all.empty() ? "" : ",") + std::to_string(round.cpu_us).substr(0, 5);
    std::ranges::sort(rounds, {}, &Cost::cpu_us);
    Cost const& middle = rounds[rounds.size() / 2];
    std::printf(
        "{\"bench\":\"broker %s\",\"events_per_request\":%u,\"events\":%llu,"
        "\"events_per_s\":%.0f,\"cpu_us_per_event\":%.2f,\"rounds\":[%s],\"io_us\":%.2f,"
        "\"writer_us\":%.2f,\"indexer_us\":%.2f,\"peak_mib\":%.1f}\n",
        name, batch, static_cast<unsigned long long>(middle.events), middle.events_per_s,
        middle.cpu_us, all.c_str(), middle.io_us, middle.writer_us, middle.indexer_us,
        middle.peak_mib);
    std::fflush(stdout);
}

LoadOptions load_of(FlagValues const& values, unsigned batch, BrokerUnderLoad const& broker) {
    return {
        .port = broker.port(),
        .events = static_cast<std::uint64_t>(values.integer("events")),
        .connections = static_cast<unsigned>(values.integer("connections")) / (batch > 1 ? 4 : 1),
        .batch = batch};
}

Cost accept_with(
    unsigned others, unsigned batch, FlagValues const& values,
    std::filesystem::path const& folder) {
    BrokerUnderLoad broker(folder, 0, others);
    LoadOptions load = load_of(values, batch, broker);
    LoadOptions warm = load;
    warm.events = load.events / 20 + 1;
    run_load(warm);
    wait_until_indexed(folder / "broker");
    broker.wait_until_idle();
    CpuTimes const before = broker.cpu();
    LoadResult const result = run_load(load);
    wait_until_indexed(folder / "broker");
    return cost_of(result, broker, before);
}

Cost accept(unsigned batch, FlagValues const& values, std::filesystem::path const& folder) {
    return accept_with(0, batch, values, folder);
}

Cost deliver_with(
    unsigned others, unsigned batch, FlagValues const& values,
    std::filesystem::path const& folder) {
    CountingSink sink;
    BrokerUnderLoad broker(folder, sink.port(), others);
    CpuTimes const before = broker.cpu();
    auto const begin = steady_now();
    LoadResult result = run_load(load_of(values, batch, broker));
    bool const all_came = sink.wait_for(result.answered, 10min);
    result.seconds = std::chrono::duration<double>(steady_now() - begin).count();
    if (!all_came)
        throw std::runtime_error(
            "Delivered " + std::to_string(sink.count()) + " of " + std::to_string(result.answered));
    wait_until_indexed(folder / "broker");
    return cost_of(result, broker, before);
}

Cost deliver(unsigned batch, FlagValues const& values, std::filesystem::path const& folder) {
    return deliver_with(0, batch, values, folder);
}

using Measure = Cost(unsigned, FlagValues const&, std::filesystem::path const&);

/// Rounds of single events and of batches take turns. Without a `folder` each begins with an empty
/// log.
void measure(
    char const* name, Measure* one, FlagValues const& values,
    std::filesystem::path const& folder = {}) {
    std::map<unsigned, std::vector<Cost>> costs;
    for (std::int64_t round = 0; round < values.integer("rounds"); ++round)
        for (unsigned const batch : {1U, batch_events}) {
            test::TemporaryFolder const fresh;
            costs[batch].push_back(one(batch, values, folder.empty() ? fresh.path() : folder));
        }
    for (auto const& [batch, rounds] : costs)
        print(name, batch, rounds);
}

void measure_history(FlagValues const& values) {
    test::TemporaryFolder const temporary;
    std::filesystem::path const kept = values.text("folder").empty()
                                           ? temporary.path()
                                           : std::filesystem::path(values.text("folder"));
    double const seconds_built = build_history(kept / "broker", values.integer("history"));
    std::printf(
        "{\"bench\":\"broker history built\",\"events\":%lld,\"seconds\":%.1f}\n",
        static_cast<long long>(values.integer("history")), seconds_built);
    measure_searches(kept / "broker");
    measure("accept, full history", accept, values, kept);
}

/// Single events only, each number of triggers in turn, so that they share the machine's moods.
void measure_triggers(FlagValues const& values) {
    std::map<unsigned, std::vector<Cost>> accepted;
    std::vector<Cost> delivered;
    for (std::int64_t round = 0; round < values.integer("rounds"); ++round) {
        for (unsigned const others : {1U, 100U, 1000U, 10'000U}) {
            test::TemporaryFolder const fresh;
            accepted[others].push_back(accept_with(others, 1, values, fresh.path()));
        }
        test::TemporaryFolder const fresh;
        delivered.push_back(deliver_with(99, 1, values, fresh.path()));
    }
    for (auto const& [others, rounds] : accepted)
        print(("accept, " + std::to_string(others) + " triggers").c_str(), 1, rounds);
    print("accept, match, deliver, 100 triggers", 1, delivered);
}

void measure_trigger_burst() {
    constexpr unsigned count = 2000;
    test::TemporaryFolder const fresh;
    double resident = 0;
    {
        BrokerUnderLoad broker(fresh.path(), 0);
        double const before = broker.resident_mib();
        SteadyTime const begin = steady_now();
        broker.write_others(0, count);
        double const written_s = std::chrono::duration<double>(steady_now() - begin).count();
        auto const burst = broker.burst(count);
        broker.wait_until_idle();
        resident = broker.resident_mib() - before;
        std::printf(
            "{\"bench\":\"broker trigger burst\",\"triggers\":%u,\"written_s\":%.2f,"
            "\"in_force_after_s\":%.2f,\"longest_post_ms\":%.0f,\"longest_probe_ms\":%.0f,\"kib_a_"
            "trigger\":%.2f}\n",
            count, written_s, burst.in_force_s, burst.post_wait_ms, burst.probe_wait_ms,
            resident * 1024 / count);
    }
    SteadyTime const begin = steady_now();
    BrokerUnderLoad const again(fresh.path(), 0);
    std::printf(
        "{\"bench\":\"broker restart\",\"triggers\":%u,\"ready_s\":%.2f}\n", count,
        std::chrono::duration<double>(steady_now() - begin).count());
    std::fflush(stdout);
}

void run(FlagValues const& values) {
    std::string const& part = values.text("part");
    if (part == "all" || part == "accept")
        measure("accept", accept, values);
    if (part == "all" || part == "deliver")
        measure("accept, match, deliver", deliver, values);
    if (part == "all" || part == "triggers") {
        measure_triggers(values);
        measure_trigger_burst();
    }
    if (part == "all" || part == "history")
        measure_history(values);
}

}  // namespace

int main(int argument_count, char** arguments) {
    FlagValues const values = read_flags("bench_broker", flags, argument_count, arguments);
    log::configure("bench", log::Level::warn, log::Format::text);
    try {
        run(values);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
