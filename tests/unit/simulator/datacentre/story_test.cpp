// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/story.hpp"

#include <map>

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

/// Ten minutes of story, second by second.
std::vector<std::string> tell(std::uint64_t seed, double rate, int seconds_told) {
    Simulation world(test::options(), test::noon);
    Story story(world, {seed, rate}, test::noon);
    for (int i = 0; i <= seconds_told; ++i) {
        world.advance(test::noon + std::chrono::seconds(i));
        story.advance(test::noon + std::chrono::seconds(i));
    }
    return test::classes_since(world, 0);
}

std::string family(std::string const& name) {
    if (name.find("SessionEvent") != std::string::npos)
        return "session";
    return name == "TaskEvent" || name.starts_with("Alarm") ? "task" : "vm";
}

TEST_CASE("Story: the first event is there at once", "[simulator]") {
    CHECK_FALSE(tell(1, 1, 0).empty());
}

TEST_CASE("Story: the same seed tells the same story, another does not", "[simulator]") {
    CHECK(tell(7, 5, 60) == tell(7, 5, 60));
    CHECK(tell(7, 5, 60) != tell(8, 5, 60));
}

TEST_CASE("Story: the same seed tells every event alike, to the last letter", "[simulator]") {
    auto const whole = [](std::uint64_t seed) {
        Simulation world(test::options(), test::noon);
        Story story(world, {seed, 20}, test::noon);
        for (int i = 0; i <= 200; ++i) {
            world.advance(test::noon + std::chrono::seconds(i));
            story.advance(test::noon + std::chrono::seconds(i));
        }
        std::string text;
        for (std::size_t i = 0; i < world.events.size(); ++i)
            world.events.render(i, "e", true, text);
        return text;
    };
    CHECK(whole(7) == whole(7));
    CHECK(whole(7) != whole(8));
}

TEST_CASE("Story: after a long sleep life goes on and is not made up for", "[simulator]") {
    Simulation world(test::options(), test::noon);
    Story story(world, {1, 10}, test::noon);
    story.advance(test::noon + 10s);
    auto const before = world.events.size();
    story.advance(test::noon + 24h);
    story.advance(test::noon + 24h + 1s);
    CHECK(world.events.size() > before);
    CHECK(world.events.size() < before + 12'000);
    CHECK(story.next() <= test::noon + 24h + 60s);
}

TEST_CASE("Story: it keeps its rate and its mix", "[simulator]") {
    auto const classes = tell(3, 50, 600);
    CHECK(classes.size() > 28'000);
    CHECK(classes.size() < 33'000);
    std::map<std::string, double> share;
    for (auto const& name : classes)
        share[family(name)] += 100.0 / static_cast<double>(classes.size());
    CHECK(std::abs(share["session"] - 60) < 5);
    CHECK(std::abs(share["task"] - 30) < 7);
    CHECK(std::abs(share["vm"] - 10) < 6);
}

TEST_CASE("Story: within the first two minutes a host is patched and comes back", "[simulator]") {
    auto const classes = tell(1, 1, 120);
    auto const at = [&](std::string const& name) {
        return std::find(classes.begin(), classes.end(), name) - classes.begin();
    };
    auto const count = static_cast<std::ptrdiff_t>(classes.size());
    CHECK(at("DrsVmMigratedEvent") < count);
    CHECK(at("EnteringMaintenanceModeEvent") < at("EnteredMaintenanceModeEvent"));
    CHECK(at("EnteredMaintenanceModeEvent") < at("ExitMaintenanceModeEvent"));
    CHECK(at("ExitMaintenanceModeEvent") < count);
    CHECK(at("AlarmStatusChangedEvent") < count);
}

TEST_CASE("Story: a day of it breaks nothing and leaves no host behind", "[simulator]") {
    Simulation world(test::options(), test::noon);
    Story story(world, {11, 0.5}, test::noon);
    for (int i = 0; i < 24 * 360; ++i) {
        auto const now = test::noon + i * 10s;
        world.advance(now);
        story.advance(now);
    }
    CHECK(world.events.size() > 30'000);
    int in_maintenance = 0;
    for (auto const& [id, host] : world.inventory.hosts)
        in_maintenance += host.maintenance == Maintenance::none ? 0 : 1;
    CHECK(in_maintenance <= 1);
    for (auto const& [id, vm] : world.inventory.virtual_machines)
        CHECK(vm.snapshots.size() <= 1);
}

}  // namespace
}  // namespace millrace::simulator
