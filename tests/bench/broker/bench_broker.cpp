// SPDX-License-Identifier: Apache-2.0
// Measures the broker and prints one JSON line a figure:
//   accept                 posts until 202 (durable), no trigger
//   accept, full history   the same over a log of --history events
//   accept, match, deliver posts until the subscriber has every event
//   search                 each kind of search over --history events
#include <cstdio>
#include <stdexcept>

#include "common/base/flags.hpp"
#include "common/base/log.hpp"
#include "tests/bench/broker/broker_under_load.hpp"
#include "tests/bench/broker/built_history.hpp"
#include "tests/bench/broker/load.hpp"
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
    {.name = "folder", .help = "Keeps the history here, to be used again."}};

double us(double seconds_spent, std::uint64_t events) {
    return seconds_spent * 1e6 / static_cast<double>(events);
}

void print(
    char const* name, LoadResult const& result, BrokerUnderLoad const& broker,
    CpuTimes const& before) {
    CpuTimes const after = broker.cpu();
    auto const spent = [&](char const* thread) {
        auto const first = before.by_thread_s.find(thread);
        auto const last = after.by_thread_s.find(thread);
        return us(
            (last == after.by_thread_s.end() ? 0 : last->second) -
                (first == before.by_thread_s.end() ? 0 : first->second),
            result.answered);
    };
    std::printf(
        "{\"bench\":\"broker %s\",\"events\":%llu,\"events_per_s\":%.0f,"
        "\"cpu_us_per_event\":%.2f,\"io_us\":%.2f,\"writer_us\":%.2f,\"indexer_us\":%.2f,"
        "\"peak_mib\":%.1f}\n",
        name, static_cast<unsigned long long>(result.answered),
        static_cast<double>(result.answered) / result.seconds,
        us(after.total_s - before.total_s, result.answered), spent("millrace-broker"),
        spent("log-writer"), spent("word-indexer"), broker.peak_mib());
    std::fflush(stdout);
}

LoadOptions load_of(FlagValues const& values, BrokerUnderLoad const& broker) {
    return {
        .port = broker.port(),
        .events = static_cast<std::uint64_t>(values.integer("events")),
        .connections = static_cast<unsigned>(values.integer("connections"))};
}

void accept(char const* name, FlagValues const& values, std::filesystem::path const& folder) {
    BrokerUnderLoad broker(folder, 0);
    LoadOptions load = load_of(values, broker);
    LoadOptions warm = load;
    warm.events = load.events / 20 + 1;
    run_load(warm);
    CpuTimes const before = broker.cpu();
    print(name, run_load(load), broker, before);
}

void deliver(FlagValues const& values, std::filesystem::path const& folder) {
    CountingSink sink;
    BrokerUnderLoad broker(folder, sink.port());
    CpuTimes const before = broker.cpu();
    auto const begin = steady_now();
    LoadResult result = run_load(load_of(values, broker));
    bool const all_came = sink.wait_for(result.answered, 10min);
    result.seconds = std::chrono::duration<double>(steady_now() - begin).count();
    if (!all_came)
        throw std::runtime_error(
            "Delivered " + std::to_string(sink.count()) + " of " + std::to_string(result.answered));
    print("accept, match, deliver", result, broker, before);
}

void run(FlagValues const& values) {
    test::TemporaryFolder const temporary;
    accept("accept", values, temporary.path() / "accept");
    deliver(values, temporary.path() / "deliver");
    std::filesystem::path const kept = values.text("folder").empty()
                                           ? temporary.path() / "history"
                                           : std::filesystem::path(values.text("folder"));
    double const seconds_built = build_history(kept / "broker", values.integer("history"));
    std::printf(
        "{\"bench\":\"broker history built\",\"events\":%lld,\"seconds\":%.1f}\n",
        static_cast<long long>(values.integer("history")), seconds_built);
    measure_searches(kept / "broker");
    accept("accept, full history", values, kept);
}

}  // namespace

int main(int argument_count, char** arguments) {
    auto const values = parse_flags(flags, {arguments + 1, arguments + argument_count});
    if (!values) {
        std::fprintf(stderr, "%s\n", to_string(values.error()).c_str());
        return 2;
    }
    log::configure("bench", log::Level::warn, log::Format::text);
    try {
        run(*values);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
