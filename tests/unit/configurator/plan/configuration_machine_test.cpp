// SPDX-License-Identifier: Apache-2.0
#include "configurator/plan/configuration_machine.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

Step whole_step(std::string id = "one") {
    return {
        .id = std::move(id),
        .title = "One",
        .changes = {WriteFile{"/a", Secret("a")}, WriteFile{"/b", Secret("b")}},
        .programs = {{.words = {"/reload"}}, {.words = {"/restart"}}},
        .proofs = {{.words = {"/is-up"}, .limit = 2s, .otherwise = "It is not up."}}};
}

template <class Kind>
Kind expect(ConfigurationMachine const& machine) {
    Command const next = machine.next();
    REQUIRE(std::holds_alternative<Kind>(next));
    return std::get<Kind>(next);
}

SteadyTime at(nanoseconds span) {
    return SteadyTime(std::chrono::duration_cast<SteadyTime::duration>(span));
}

void look_at_two(ConfigurationMachine& machine, bool first, bool second) {
    expect<LookAt>(machine);
    machine.looked(first);
    expect<LookAt>(machine);
    machine.looked(second);
}

void run_two(ConfigurationMachine& machine) {
    CHECK(expect<Run>(machine).program->words.front() == "/reload");
    machine.performed({});
    CHECK(expect<Run>(machine).program->words.front() == "/restart");
    machine.performed({});
}

/// One attempt that ends in an error of its first look.
void fail_once(ConfigurationMachine& machine) {
    expect<LookAt>(machine);
    machine.looked(failure(ErrorCode::storage, "Cannot read /a."));
}

}  // namespace

TEST_CASE("configuration: what differs is made, then programs run, then it is waited for") {
    ConfigurationMachine machine({whole_step()});
    look_at_two(machine, true, false);
    CHECK(path_of(*expect<Make>(machine).change) == "/b");
    machine.performed({});
    run_two(machine);
    CHECK(expect<Ask>(machine).proof->words.front() == "/is-up");
    machine.asked(false, at(0s));
    CHECK(expect<Wait>(machine).span == ConfigurationMachine::ask_pause);
    machine.waited();
    expect<Ask>(machine);
    machine.asked(true, at(1s));
    expect<Finished>(machine);
    CHECK(machine.reports()[0].state == StepReport::State::done);
    CHECK(machine.reports()[0].problem.empty());
    CHECK(machine.completed() == std::set<std::string>{"one"});
    CHECK_FALSE(machine.current());
}

TEST_CASE("configuration: what holds is left alone where its programs have run") {
    ConfigurationMachine machine({whole_step()}, {"one"});
    look_at_two(machine, true, true);
    expect<Ask>(machine);
    machine.asked(true, at(0s));
    expect<Finished>(machine);
    CHECK(machine.reports()[0].state == StepReport::State::held);
}

TEST_CASE("configuration: files that hold do not prove that their programs have run") {
    ConfigurationMachine machine({whole_step()});
    look_at_two(machine, true, true);
    run_two(machine);
    machine.asked(true, at(0s));
    CHECK(machine.reports()[0].state == StepReport::State::done);
}

TEST_CASE("configuration: a completed step that is not true any more runs its programs") {
    ConfigurationMachine machine({whole_step()}, {"one"});
    look_at_two(machine, true, true);
    expect<Ask>(machine);
    machine.asked(false, at(0s));
    run_two(machine);
    machine.asked(true, at(0s));
    expect<Finished>(machine);
}

TEST_CASE("configuration: a step leaves the completed ones before its first change") {
    ConfigurationMachine machine({whole_step()}, {"one"});
    look_at_two(machine, false, true);
    expect<Make>(machine);
    CHECK(machine.completed().empty());
}

TEST_CASE("configuration: a step that fails is begun again after a pause that doubles") {
    ConfigurationMachine machine({whole_step()});
    for (int attempt = 1; attempt < Step().attempts_max; ++attempt) {
        fail_once(machine);
        CHECK(machine.reports()[0].problem == "Cannot read /a.");
        CHECK(machine.reports()[0].state == StepReport::State::running);
        CHECK(
            expect<Wait>(machine).span == ConfigurationMachine::first_pause * (1 << (attempt - 1)));
        machine.waited();
    }
    fail_once(machine);
    expect<Stuck>(machine);
    CHECK(machine.reports()[0].state == StepReport::State::failed);
    CHECK(machine.reports()[0].attempts == Step().attempts_max);
    machine.retry();
    look_at_two(machine, true, true);
    run_two(machine);
    machine.asked(true, at(0s));
    expect<Finished>(machine);
    CHECK(machine.reports()[0].problem.empty());
}

TEST_CASE("configuration: what was made holds at the next attempt, its programs run all the same") {
    ConfigurationMachine machine({whole_step()}, {"one"});
    look_at_two(machine, false, true);
    machine.performed({});
    machine.performed(failure(ErrorCode::unavailable, "/reload ended with status 1."));
    machine.waited();
    look_at_two(machine, true, true);
    run_two(machine);
    machine.asked(true, at(0s));
    expect<Finished>(machine);
}

TEST_CASE("configuration: a proof has its limit, and its sentence") {
    ConfigurationMachine machine({whole_step()});
    look_at_two(machine, true, true);
    run_two(machine);
    machine.asked(false, at(0s));
    machine.waited();
    machine.asked(failure(ErrorCode::timed_out, "/is-up was not done."), at(1s));
    machine.waited();
    machine.asked(false, at(2s));
    CHECK(machine.reports()[0].problem == "It is not up.");
    CHECK(expect<Wait>(machine).span == ConfigurationMachine::first_pause);
}

TEST_CASE("configuration: what is known to help runs before every attempt but the first") {
    Step step = whole_step();
    step.remedies = {{.words = {"/wake"}}, {.words = {"/again"}}};
    ConfigurationMachine machine({step});
    fail_once(machine);
    machine.waited();
    CHECK(expect<Run>(machine).program->words.front() == "/wake");
    machine.performed({});
    CHECK(expect<Run>(machine).program->words.front() == "/again");
    machine.performed({});
    look_at_two(machine, true, true);
    run_two(machine);
    machine.asked(true, at(0s));
    expect<Finished>(machine);
}

TEST_CASE("configuration: a remedy that fails is a failure of the attempt") {
    Step step = whole_step();
    step.remedies = {{.words = {"/wake"}}};
    step.attempts_max = 2;
    ConfigurationMachine machine({step});
    fail_once(machine);
    machine.waited();
    machine.performed(failure(ErrorCode::unavailable, "/wake ended with status 1."));
    expect<Stuck>(machine);
    CHECK(machine.reports()[0].problem == "/wake ended with status 1.");
}

TEST_CASE("configuration: the pause of a step that may fail often grows to its bound") {
    Step step = whole_step();
    step.attempts_max = 12;
    ConfigurationMachine machine({step});
    nanoseconds longest{0};
    for (int attempt = 1; attempt < step.attempts_max; ++attempt) {
        fail_once(machine);
        longest = std::max(longest, expect<Wait>(machine).span);
        machine.waited();
    }
    CHECK(longest == ConfigurationMachine::pause_max);
}

TEST_CASE("configuration: an optional step that fails is a warning, and the next goes on") {
    Step optional = whole_step("optional");
    optional.is_optional = true;
    ConfigurationMachine machine({optional, Step{.id = "empty", .title = "Empty"}});
    for (int attempt = 1; attempt < Step().attempts_max; ++attempt) {
        fail_once(machine);
        machine.waited();
    }
    fail_once(machine);
    expect<Finished>(machine);
    CHECK(machine.reports()[0].state == StepReport::State::warning);
    CHECK(machine.reports()[0].problem == "Cannot read /a.");
    CHECK(machine.reports()[1].state == StepReport::State::held);
    CHECK(machine.completed() == std::set<std::string>{"empty"});
}

TEST_CASE("configuration: nothing to do is finished") {
    expect<Finished>(ConfigurationMachine({}));
}
