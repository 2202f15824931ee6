// SPDX-License-Identifier: Apache-2.0
// Measures the router draining a backlog of vCenter's history into a sink, and prints one JSON line
// for each figure: CPU time per event, events per second for each latency of the sink, peak memory
// for two backlogs; each with vCenter over HTTP and over HTTPS, and with a sink that takes one
// event a request (any CloudEvents receiver) and one that announces batches (our broker). Router
// alone on one core; vCenter and sink share another. Runs are interleaved; a figure is the median
// of its rounds.
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <thread>

#include "common/base/flags.hpp"
#include "common/base/log.hpp"
#include "tests/bench/read_flags.hpp"
#include "tests/bench/router/bare_post.hpp"
#include "tests/bench/router/router_rig.hpp"

using namespace millrace;
using namespace millrace::bench;

namespace {

std::vector<Flag> const flags = {
    {.name = "events",
     .kind = Flag::Kind::integer,
     .fallback = "100000",
     .help = "Events of the backlog.",
     .low = 1000,
     .high = 5'000'000},
    {.name = "large",
     .kind = Flag::Kind::integer,
     .fallback = "1000000",
     .help = "Events of a second backlog, for memory.",
     .low = 1000,
     .high = 5'000'000},
    {.name = "rounds",
     .kind = Flag::Kind::integer,
     .fallback = "3",
     .help = "Rounds; each runs every case once.",
     .low = 1,
     .high = 100}};

/// The goals of the project, for a router on one core.
constexpr double cpu_us_goal = 8;
constexpr double peak_mib_goal = 20;
struct Case {
    milliseconds latency;
    double rate_goal;  ///< events/s; 0: none
};
constexpr std::array<Case, 3> cases = {{{0ms, 40'000}, {1ms, 0}, {5ms, 5'000}}};

using Runs = std::vector<Drain>;

/// The two ends of the router in one run.
struct Ends {
    bool tls = false;
    bool batches = false;
    auto operator<=>(Ends const&) const = default;
};
constexpr std::array<Ends, 4> all_ends = {
    {{false, false}, {false, true}, {true, false}, {true, true}}};

std::string first_line(char const* file, std::string_view wanted) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(wanted))
            return line.substr(
                std::min(line.size(), line.find_first_not_of(": \t", line.find(':'))));
    return "unknown";
}

void print(Json const& line) {
    std::printf("%s\n", dump_json(line).c_str());
    std::fflush(stdout);
}

void print_machine(bool pinned) {
    utsname system{};
    ::uname(&system);
    std::string load;
    std::getline(std::ifstream("/proc/loadavg"), load);
    Json line = Json::object();
    line["bench"] = "machine";
    line["cpu"] = first_line("/proc/cpuinfo", "model name");
    line["cores"] = std::thread::hardware_concurrency();
    line["kernel"] = system.release;
    line["memory"] = first_line("/proc/meminfo", "MemTotal");
    line["loadBefore"] = load.substr(0, load.find(' ', load.find(' ') + 1));
    line["pinned"] = pinned;
    line["version"] = MILLRACE_VERSION;
    line["at"] = format_rfc3339(system_now());
    print(line);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Figure {
    std::string name;
    std::string unit;
    double goal = 0;  ///< 0: none
    bool less_is_better = false;
    double Drain::* value = nullptr;
};

void print_figure(Figure const& figure, Json about, Runs const& runs) {
    std::vector<double> values;
    for (Drain const& run : runs)
        values.push_back(run.*figure.value);
    double const middle = median(values);
    Json line = Json::object();
    line["bench"] = "router " + figure.name;
    line["value"] = middle;
    line["unit"] = figure.unit;
    if (figure.goal > 0) {
        line["goal"] = figure.goal;
        line["met"] = figure.less_is_better ? middle <= figure.goal : middle >= figure.goal;
    }
    line["rounds"] = values;
    line.update(about);
    print(line);
}

Json about_runs(Ends ends, std::int64_t events, milliseconds latency, Runs const& runs) {
    Json about = Json::object();
    about["vcenter"] = ends.tls ? "https" : "http";
    about["sink"] = ends.batches ? "batches" : "single events";
    about["eventsPerRequest"] = std::round(runs.front().events_per_request * 10) / 10;
    about["events"] = events;
    about["sinkLatencyMs"] = latency.count();
    about["bytesPerEvent"] = static_cast<std::int64_t>(runs.front().bytes_per_event);
    return about;
}

void print_case(Ends ends, std::int64_t events, Case const& one, Runs const& runs) {
    Json const about = about_runs(ends, events, one.latency, runs);
    double const cpu_goal = one.latency == 0ms ? cpu_us_goal : 0;
    print_figure({"CPU time", "us/event", cpu_goal, true, &Drain::cpu_us_per_event}, about, runs);
    print_figure({"rate", "events/s", one.rate_goal, false, &Drain::events_per_s}, about, runs);
    print_figure({"CPU share", "cores", 0, false, &Drain::cpu_share}, about, runs);
    print_figure({"peak memory", "MiB", peak_mib_goal, true, &Drain::peak_mib}, about, runs);
}

/// The same bytes to the same sink without a router: what no router can be cheaper than.
double bare_post(int cpu, double bytes) {
    constexpr std::int32_t count = 50'000;
    LatencySink sink({.first_key = 1, .last_key = count});
    return bare_post_us(sink.port(), cpu, count, static_cast<std::size_t>(bytes));
}

void print_bare(std::vector<double> const& rounds) {
    Json line = Json::object();
    line["bench"] = "router bare POST, for comparison";
    line["value"] = median(rounds);
    line["unit"] = "us/event";
    line["rounds"] = rounds;
    print(line);
}

void measure(FlagValues const& values, int router_cpu) {
    std::int64_t const events = values.integer("events");
    std::map<bool, std::unique_ptr<RouterRig>> rigs;
    for (bool const tls : {false, true})
        rigs[tls] = std::make_unique<RouterRig>(
            RigOptions{.tls = tls, .events = events, .router_cpu = router_cpu});
    // Not counted: it warms caches and the simulator's heap.
    double const bytes = rigs[false]->drain(0ms, false).bytes_per_event;
    std::vector<double> bare;
    std::map<std::pair<Ends, milliseconds>, Runs> runs;
    for (std::int64_t round = 0; round < values.integer("rounds"); ++round) {
        for (Case const& one : cases)
            for (Ends const ends : all_ends)
                runs[{ends, one.latency}].push_back(
                    rigs[ends.tls]->drain(one.latency, ends.batches));
        bare.push_back(bare_post(router_cpu, bytes));
    }
    print_bare(bare);
    for (auto const& [key, of_case] : runs)
        print_case(
            key.first, events, *std::ranges::find(cases, key.second, &Case::latency), of_case);
    rigs.clear();
    std::int64_t const large = values.integer("large");
    RouterRig rig({.events = large, .router_cpu = router_cpu});
    for (bool const batches : {false, true})
        print_case({false, batches}, large, cases.front(), {rig.drain(0ms, batches)});
}

}  // namespace

int main(int argument_count, char** arguments) {
    FlagValues const values = read_flags("bench_router", flags, argument_count, arguments);
    log::configure("bench", log::Level::warn, log::Format::text);
    try {
        // What is started inherits it; the router alone gets the other core.
        bool const pinned = std::thread::hardware_concurrency() > 1 && pin_to_cpu(0);
        print_machine(pinned);
        measure(values, pinned ? 1 : -1);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
