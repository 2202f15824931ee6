// SPDX-License-Identifier: Apache-2.0
// The router's machines on a simulated clock, network and disk, judged by conservation (nothing is
// lost), order per entity, liveness (what is left drains once the faults stop) and bounded
// duplicates. MILLRACE_SEED runs one seed, MILLRACE_SEEDS that many of each case (10,000 in all
// take MILLRACE_SEEDS=2000).
#include <cstdio>

#include "tests/simulation/router/oracle.hpp"
#include "tests/simulation/router/simulated_router.hpp"
#include "tests/simulation/seeds.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int steps = 100;
constexpr nanoseconds drain_limit = 30min;
/// Written but not yet synced when the power goes: what came in since the snapshot before, which
/// is due after 50 ms and takes 5 ms; with what is on its way.
constexpr nanoseconds unsynced_time = 100ms;

/// How often, in a thousand steps of some 50 ms, each thing happens.
struct World {
    VcenterFaults vcenter;
    SinkFaults sink;
    unsigned kills = 0;
    unsigned crashes_in_write = 0;
    unsigned power_cuts = 0;
    unsigned disk_full = 0;
    unsigned checkpoint_damaged = 0;
    unsigned sink_down = 0;
    unsigned clock_steps = 0;
    unsigned refused_events = 0;  ///< in a thousand steps, one event that the sink refuses
    unsigned failing_events = 0;  ///< the same, one that it fails on for ever
};

/// What was done to the router over all seeds of a case.
struct Tally {
    std::size_t seeds = 0;
    std::size_t events = 0;
    std::size_t duplicates = 0;
    std::size_t dead_lettered = 0;
    std::size_t kills = 0;
    std::size_t crashes_in_write = 0;
    std::size_t power_cuts = 0;
    std::size_t disk_full = 0;
    std::size_t damaged = 0;
    std::size_t sink_faults = 0;
    std::size_t vcenter_faults = 0;
};

/// One life of a router among its faults.
class Run {
public:
    Run(World const& world, std::uint64_t seed, Tally& tally)
        : world_(world),
          tally_(tally),
          random_(seed),
          vcenter_(random_, world.vcenter),
          sink_(random_, world.sink),
          folder_(random_),
          router_(random_, vcenter_, sink_, folder_) {}

    void play() {
        begin();
        for (int i = 0; i < steps; ++i) {
            vcenter_.happen(static_cast<unsigned>(random_() % 6));
            disturb();
            pass(milliseconds(random_() % 100));
        }
        calm_down();
        auto const deadline = router_.now() + drain_limit;
        end_ = vcenter_.history().size();
        while (router_.now() < deadline && !drained()) {
            // That a sink fails on one event only is known by others that it takes.
            vcenter_.happen(1);
            pass(1s);
        }
        verdict_ = judge(folder_, vcenter_, sink_, first_, end_);
        verdict_.duplicates_allowed = duplicates_allowed_ + sink_.taken_silently;
        count();
    }
    Verdict const& verdict() const { return verdict_; }
    bool repeats_were_bounded() const { return repeats_were_bounded_; }
    std::size_t kept_entries() const { return router_.window().kept_entries(); }

private:
    bool happens(unsigned per_mille) { return random_() % 1000 < per_mille; }

    /// Until the start position is on disk, events are before the router's time.
    void begin() {
        vcenter_.happen(20);
        for (int i = 0; i < 1'000 && !router_.has_begun(); ++i)
            router_.run_until(router_.now() + 100ms);
        REQUIRE(router_.has_begun());
        first_ = vcenter_.history().size();
    }

    void pass(nanoseconds time) {
        router_.run_until(router_.now() + time);
        if (!folder_.crashed())
            return;
        ++tally_.crashes_in_write;
        restart(std::nullopt);  // Nobody knows what the last write left behind.
    }

    /// `repeats_max`: of the keys that the sink has taken; nothing: any number.
    void restart(std::optional<std::size_t> repeats_max) {
        auto of_this_life = known_repeats(folder_, vcenter_, sink_, life_began_);
        // Nobody was told that these were taken.
        for (std::int32_t const key : sink_.silent_keys)
            of_this_life.erase(key);
        if (repeats_max && !disk_failed_ && of_this_life.size() > *repeats_max)
            repeats_were_bounded_ = false;
        duplicates_allowed_ += known_repeats(folder_, vcenter_, sink_, 0).size();
        life_began_ = sink_.receipts.size();
        disk_failed_ = is_full_;
        router_.restart();
    }

    void disturb() {
        if (happens(world_.kills)) {
            ++tally_.kills;
            restart(router_.unknown_if_killed());
        }
        if (happens(world_.crashes_in_write))
            folder_.crash_in(1 + static_cast<unsigned>(random_() % 5));
        if (happens(world_.power_cuts)) {
            ++tally_.power_cuts;
            folder_.cut_power();
            restart(router_.unknown_if_killed() + router_.answered_within(unsynced_time));
        }
        if (happens(world_.checkpoint_damaged)) {
            ++tally_.damaged;
            folder_.damage("checkpoint");
            restart(std::nullopt);
        }
        if (happens(world_.disk_full)) {
            ++tally_.disk_full;
            is_full_ = !is_full_;
            disk_failed_ = true;
            folder_.set_full(is_full_);
        }
        if (happens(world_.sink_down))
            sink_.down = !sink_.down;
        if (happens(world_.clock_steps))
            vcenter_.step_clock();
        auto const next = static_cast<std::int32_t>(
            vcenter_.first_key + static_cast<std::int32_t>(vcenter_.history().size()));
        if (happens(world_.refused_events))
            sink_.refused_keys.insert(next);
        if (happens(world_.failing_events))
            sink_.failing_keys.insert(next);
    }

    void calm_down() {
        vcenter_.stop_faults();
        sink_.stop_faults();
        folder_.set_full(false);
        folder_.restart();
    }

    bool drained() const { return judge(folder_, vcenter_, sink_, first_, end_).lost == 0; }

    void count() {
        ++tally_.seeds;
        tally_.events += verdict_.emitted;
        tally_.duplicates += verdict_.duplicates;
        tally_.dead_lettered += verdict_.dead_lettered;
        tally_.sink_faults += sink_.injected;
        tally_.vcenter_faults += vcenter_.faults_injected();
    }

    World const& world_;
    Tally& tally_;
    std::mt19937_64 random_;
    SimulatedVcenter vcenter_;
    SimulatedSink sink_;
    SimulatedFolder folder_;
    SimulatedRouter router_;
    Verdict verdict_;
    std::size_t first_ = 0;       ///< of the history, with which the promise begins
    std::size_t end_ = 0;         ///< and before which the faults stopped
    std::size_t life_began_ = 0;  ///< of the receipts
    std::size_t duplicates_allowed_ = 0;
    bool repeats_were_bounded_ = true;
    bool is_full_ = false;
    bool disk_failed_ = false;  ///< in this life
};

void print(std::string_view name, Tally const& tally, double took_s) {
    std::printf(
        "%.*s: %zu seeds in %.1f s, %zu events, %zu duplicates, %zu dead letters; faults: %zu "
        "kills, %zu crashes in a write, %zu power cuts, %zu times disk full or free, %zu damaged "
        "checkpoints, %zu of the sink, %zu of vCenter\n",
        static_cast<int>(name.size()), name.data(), tally.seeds, took_s, tally.events,
        tally.duplicates, tally.dead_lettered, tally.kills, tally.crashes_in_write,
        tally.power_cuts, tally.disk_full, tally.damaged, tally.sink_faults, tally.vcenter_faults);
}

void check_all(std::string_view name, World const& world, std::uint64_t seeds_by_default) {
    Tally tally;
    double const took_s = for_each_seed(seeds_by_default, [&](std::uint64_t seed) {
        Run run(world, seed, tally);
        run.play();
        Verdict const& verdict = run.verdict();
        INFO("emitted " << verdict.emitted);
        CHECK(verdict.lost == 0);
        CHECK(verdict.out_of_order == 0);
        CHECK(verdict.duplicates <= verdict.duplicates_allowed);
        CHECK(run.repeats_were_bounded());
        CHECK(verdict.emitted > 100);
    });
    print(name, tally, took_s);
}

}  // namespace

TEST_CASE("Simulation: nothing is lost, doubled or reordered when all is well") {
    check_all("all is well", {}, 10);
    check_all("all is well, batches", {.sink = {.announces_batches = true}}, 10);
}

TEST_CASE("Simulation: a busy, slow, broken or vanished sink costs nothing (F16)") {
    check_all(
        "sink",
        {.sink = {.busy = 60, .refused = 30, .slow = 30, .announces_batches = true},
         .sink_down = 30},
        40);
}

TEST_CASE("Simulation: sessions end, collectors die or go silent, clocks are set (F6-F11)") {
    check_all(
        "vCenter",
        {.vcenter =
             {.session_ends = 5,
              .collector_dies = 5,
              .unreachable = 10,
              .collector_goes_silent = 3},
         .clock_steps = 20},
        40);
}

TEST_CASE("Simulation: kills repeat at most what the disk could not know (F1)") {
    check_all(
        "kills", {.sink = {.busy = 40, .slow = 40, .announces_batches = true}, .kills = 60}, 40);
}

TEST_CASE("Simulation: crashes in a write, power cuts, a full disk and damage lose nothing") {
    check_all(
        "disk",
        {.sink = {.busy = 20, .announces_batches = true},
         .kills = 10,
         .crashes_in_write = 30,
         .power_cuts = 30,
         .disk_full = 20,
         .checkpoint_damaged = 5},
        40);
}

TEST_CASE("Simulation: events that the sink refuses or fails on hold up no others for ever") {
    check_all(
        "poison",
        {.sink = {.busy = 20, .announces_batches = true},
         .kills = 10,
         .refused_events = 30,
         .failing_events = 10},
        40);
}

TEST_CASE("Simulation: everything at once") {
    check_all(
        "everything",
        {.vcenter =
             {.session_ends = 3, .collector_dies = 3, .unreachable = 5, .collector_goes_silent = 2},
         .sink =
             {.busy = 50,
              .refused = 20,
              .accepted_silently = 5,
              .slow = 20,
              .announces_batches = true},
         .kills = 10,
         .crashes_in_write = 10,
         .power_cuts = 10,
         .disk_full = 10,
         .checkpoint_damaged = 2,
         .sink_down = 10,
         .clock_steps = 10,
         .refused_events = 10,
         .failing_events = 5},
        60);
}
