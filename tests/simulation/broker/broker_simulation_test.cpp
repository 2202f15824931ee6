// SPDX-License-Identifier: Apache-2.0
// The broker's durable half on a simulated clock, disk and subscribers, judged by conservation
// (what was answered 202 is delivered or given up with a reason), order per entity, liveness (what
// is left drains once the faults stop), bounded repetition, and counters and records that fit the
// log. MILLRACE_SEED runs one seed, MILLRACE_SEEDS that many of each case (10,000 in all take
// MILLRACE_SEEDS=1429).
#include <array>
#include <cstdio>

#include "tests/simulation/broker/simulated_broker.hpp"
#include "tests/simulation/broker/simulated_triggers.hpp"
#include "tests/simulation/seeds.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int steps = 25;
constexpr nanoseconds drain_limit = 60min;
constexpr std::size_t entities = 4;

/// How often, in a thousand steps of some 100 ms, each thing happens.
struct World {
    SubscriberFaults subscribers;
    unsigned subscriber_dies = 0;  ///< or comes back
    unsigned refused_events = 0;
    unsigned kills = 0;
    unsigned power_cuts = 0;
    unsigned crashes_in_write = 0;
    unsigned disk_full = 0;     ///< or free again
    unsigned disk_failing = 0;  ///< or well again
    unsigned triggers_change = 0;
};

/// What was done over all seeds of a case.
struct Tally {
    std::size_t seeds = 0;
    std::size_t posted = 0;
    std::size_t accepted = 0;
    std::size_t deliveries = 0;
    std::size_t repeated = 0;
    std::size_t given_up = 0;
    std::size_t crashes = 0;
    std::size_t crashes_in_write = 0;
    std::size_t power_cuts = 0;
    std::size_t disk_faults = 0;
    std::size_t subscriber_faults = 0;
    std::size_t trigger_changes = 0;
    std::size_t segments = 0;
    std::size_t dropped = 0;
    std::size_t lost = 0;
    std::size_t out_of_order = 0;
};

broker::EventLogOptions log_options(std::mt19937_64& random) {
    broker::EventLogOptions options;
    options.segment_events_max = static_cast<std::int64_t>(8 + random() % 12);
    options.retention.bytes = static_cast<std::int64_t>(200'000 + random() % 400'000);
    options.retention.age = seconds(1 + random() % 10);
    return options;
}

/// One life of a broker among its faults.
class Run {
public:
    Run(World const& world, std::uint64_t seed, Tally& tally)
        : world_(world),
          tally_(tally),
          random_(seed),
          disk_(random_, folder_.path()),
          subscribers_(random_, world.subscribers, oracle_),
          broker_(
              {.random = random_, .disk = disk_, .subscribers = subscribers_, .oracle = oracle_},
              log_options(random_)) {}
    Run(Run const&) = delete;
    Run& operator=(Run const&) = delete;
    ~Run() { disk_.crash(); }

    void play() {
        tell_triggers();
        broker_.restart(false);
        for (int i = 0; i < steps; ++i) {
            post();
            disturb();
            pass(milliseconds(random_() % 200));
        }
        calm_down();
        auto const deadline = broker_.now() + drain_limit;
        while (broker_.now() < deadline && !broker_.is_idle())
            pass(1s);
        is_drained_ = broker_.is_idle();
        if (is_drained_)
            broker_.check_records();
        verdict_ = oracle_.verdict(alive());
        count();
    }
    Verdict const& verdict() const { return verdict_; }
    bool is_drained() const { return is_drained_; }

private:
    bool happens(unsigned per_mille) { return random_() % 1000 < per_mille; }

    std::set<std::string> alive() const {
        std::set<std::string> uids;
        for (SimulatedTrigger const& trigger : triggers_)
            if (trigger.is_there)
                uids.insert(trigger.uid());
        return uids;
    }

    void tell_triggers() {
        std::vector<broker::TriggerRouteRef> routes;
        for (SimulatedTrigger const& trigger : triggers_)
            if (trigger.is_there)
                routes.push_back(route_of(trigger));
        broker_.set_triggers(std::move(routes));
    }

    void post() {
        static constexpr std::array<char const*, 4> types = {"a", "b", "bb", "c"};
        for (auto requests = random_() % 4; requests > 0; --requests) {
            std::vector<std::pair<std::size_t, CloudEvent>> events;
            for (auto count = 1 + random_() % 3; count > 0; --count)
                events.push_back(event(types[random_() % types.size()]));
            broker_.post(std::move(events));
        }
    }

    std::pair<std::size_t, CloudEvent> event(char const* type) {
        auto const entity = static_cast<unsigned>(random_() % (entities + 1));
        std::set<std::string> expected;
        for (SimulatedTrigger const& trigger : triggers_)
            if (trigger.is_there && trigger.matches(type))
                expected.insert(trigger.uid());
        std::size_t const number = oracle_.posted(entity, std::move(expected));
        if (happens(world_.refused_events))
            subscribers_.refused_events.insert(number);
        CloudEvent event{.id = event_id(number), .source = "/vc", .type = type};
        event.set_attribute("subject", "vm-" + std::to_string(entity));
        if (entity != 0)
            event.set_attribute("partitionkey", "vm-" + std::to_string(entity));
        event.data = std::string(random_() % 400, 'x');
        event.has_data = true;
        return {number, std::move(event)};
    }

    void pass(nanoseconds time) {
        nanoseconds const until = broker_.now() + time;
        broker_.run_until(until);
        // A start can end at a write, too.
        while (disk_.crashed()) {
            ++tally_.crashes_in_write;
            restart(random_() % 2 == 0);
            broker_.run_until(until);
        }
    }

    void restart(bool power_was_lost) {
        ++tally_.crashes;
        tally_.power_cuts += power_was_lost ? 1 : 0;
        broker_.restart(power_was_lost);
    }

    void disturb() {
        if (happens(world_.kills))
            restart(false);
        if (happens(world_.power_cuts))
            restart(true);
        if (happens(world_.crashes_in_write))
            disk_.crash_in(1 + static_cast<unsigned>(random_() % 40));
        if (happens(world_.disk_full))
            set_disk(!is_full_, is_failing_);
        if (happens(world_.disk_failing))
            set_disk(is_full_, !is_failing_);
        if (happens(world_.triggers_change))
            change_trigger();
        if (happens(world_.subscriber_dies)) {
            std::string const uid = triggers_[random_() % triggers_.size()].uid();
            if (subscribers_.dead.erase(uid) == 0)
                subscribers_.dead.insert(uid);
        }
    }

    void set_disk(bool full, bool failing) {
        is_full_ = full;
        is_failing_ = failing;
        disk_.set_full(full);
        disk_.set_failing(failing ? 200 : 0);
        oracle_.disk_trouble(full || failing, broker_.now());
    }

    void change_trigger() {
        ++tally_.trigger_changes;
        SimulatedTrigger& trigger = triggers_.back();
        switch (random_() % 4) {
            case 0:
                trigger.made += trigger.is_there ? 0 : 1;
                trigger.is_there = !trigger.is_there;
                break;
            case 1:  // Deleted and made again at once.
                trigger.made += 1;
                trigger.is_there = true;
                break;
            case 2:
                edit_filter(trigger);
                break;
            default:
                ++trigger.address;
                break;
        }
        tell_triggers();
    }

    void calm_down() {
        disk_.crash_in(0);
        subscribers_.stop_faults();
        set_disk(false, false);
    }

    void count() {
        ++tally_.seeds;
        tally_.posted += verdict_.events;
        tally_.accepted += verdict_.accepted;
        tally_.deliveries += verdict_.deliveries;
        tally_.repeated += verdict_.repeated;
        tally_.given_up += verdict_.given_up;
        tally_.disk_faults += disk_.faults();
        tally_.subscriber_faults += subscribers_.injected;
        tally_.segments += broker_.segments_made();
        tally_.dropped += broker_.segments_dropped();
        tally_.lost += verdict_.lost;
        tally_.out_of_order += verdict_.out_of_order;
    }

    World const& world_;
    Tally& tally_;
    std::mt19937_64 random_;
    TemporaryFolder folder_{TemporaryFolder::place_in_memory()};
    SimulatedDisk disk_;
    Oracle oracle_;
    SimulatedSubscribers subscribers_;
    SimulatedBroker broker_;
    std::vector<SimulatedTrigger> triggers_ = first_triggers();
    Verdict verdict_;
    bool is_full_ = false;
    bool is_failing_ = false;
    bool is_drained_ = false;
};

void print(std::string_view name, Tally const& tally, double took_s) {
    std::printf(
        "%.*s: %zu seeds in %.1f s, %zu events posted, %zu accepted, %zu segments (%zu dropped); "
        "%zu deliveries, "
        "%zu repeated, %zu given up, %zu lost, %zu out of order; %zu crashes (%zu in a write, %zu "
        "power cuts), faults: %zu of the disk, %zu of subscribers; %zu triggers changed\n",
        static_cast<int>(name.size()), name.data(), tally.seeds, took_s, tally.posted,
        tally.accepted, tally.segments, tally.dropped, tally.deliveries, tally.repeated,
        tally.given_up, tally.lost, tally.out_of_order, tally.crashes, tally.crashes_in_write,
        tally.power_cuts, tally.disk_faults, tally.subscriber_faults, tally.trigger_changes);
}

void check(Run const& run) {
    Verdict const& verdict = run.verdict();
    INFO(verdict.first_problem);
    CHECK(verdict.events > 20);
    CHECK(run.is_drained());
    CHECK(verdict.lost == 0);
    CHECK(verdict.uncalled_for == 0);
    CHECK(verdict.out_of_order == 0);
    CHECK(verdict.repeated_without_cause == 0);
    CHECK(verdict.given_up_without_cause == 0);
    CHECK(verdict.damages_told == 0);
    CHECK(verdict.contradictions == 0);
}

void check_all(std::string_view name, World const& world, std::uint64_t seeds_by_default) {
    register_simulated_vfs();
    Tally tally;
    double const took_s = for_each_seed(seeds_by_default, [&](std::uint64_t seed) {
        Run run(world, seed, tally);
        run.play();
        check(run);
    });
    print(name, tally, took_s);
}

constexpr SubscriberFaults unkind = {
    .busy = 60, .failing = 40, .broken = 20, .taken_silently = 5, .slow = 40};

}  // namespace

TEST_CASE("Broker simulation: all is well") {
    check_all("all is well", {}, 10);
}

TEST_CASE("Broker simulation: subscribers are busy, slow, broken, dead or refuse") {
    check_all(
        "subscribers", {.subscribers = unkind, .subscriber_dies = 60, .refused_events = 20}, 40);
}

TEST_CASE("Broker simulation: kills repeat what was in flight only") {
    check_all("kills", {.subscribers = {.busy = 40, .slow = 40}, .kills = 60}, 40);
}

TEST_CASE("Broker simulation: power cuts keep what was promised") {
    check_all(
        "power cuts",
        {.subscribers = {.busy = 40, .slow = 40}, .power_cuts = 20, .crashes_in_write = 150}, 40);
}

TEST_CASE("Broker simulation: a disk that is full or fails refuses, and loses nothing") {
    check_all(
        "disk",
        {.subscribers = {.slow = 20},
         .kills = 10,
         .crashes_in_write = 20,
         .disk_full = 60,
         .disk_failing = 60},
        40);
}

TEST_CASE("Broker simulation: triggers come, change and go") {
    check_all(
        "triggers",
        {.subscribers = {.failing = 40, .slow = 40}, .kills = 40, .triggers_change = 200}, 40);
}

TEST_CASE("Broker simulation: everything at once") {
    check_all(
        "everything",
        {.subscribers = unkind,
         .subscriber_dies = 30,
         .refused_events = 10,
         .kills = 15,
         .power_cuts = 15,
         .crashes_in_write = 30,
         .disk_full = 20,
         .disk_failing = 20,
         .triggers_change = 60},
        60);
}
