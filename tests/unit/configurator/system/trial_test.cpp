// SPDX-License-Identifier: Apache-2.0
#include "configurator/system/trial.hpp"

#include "configurator/follow/configure.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using State = Trial::State;

namespace {

Step file_step(std::string content) {
    return {
        .id = "network",
        .title = "Network",
        .changes = {WriteFile{"/network", Secret(std::move(content))}},
        .programs = {{.words = {"/reload"}}},
        .attempts_max = 1};
}

Trial file_trial(Confirmation confirmation = Confirmation::needed) {
    return {{file_step("new")}, {file_step("old")}, {}, confirmation};
}

/// What the shell does until the trial waits for somebody, or is over.
void perform_until_rest(Trial& trial, test::RecordingHost& host) {
    for (int commands = 0; commands < 100; ++commands) {
        if (trial.state() == State::on_trial || trial.is_over())
            return;
        perform_next(trial.steps(), host);
        trial.settle(host.now());
    }
    FAIL("It does not come to an end.");
}

SteadyTime after_limit(test::RecordingHost const& host) {
    return host.now() + std::chrono::duration_cast<SteadyTime::duration>(Trial::limit);
}

}  // namespace

TEST_CASE("trial: what is confirmed within the limit is kept") {
    test::RecordingHost host;
    Trial trial = file_trial();
    CHECK_FALSE(trial.confirm(host.now()));
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::on_trial);
    CHECK(host.files.at("/network") == "new");
    CHECK(trial.confirm(host.now()));
    CHECK(trial.state() == State::kept);
    CHECK_FALSE(trial.take_back(host.now()));
    CHECK_FALSE(trial.confirm(host.now()));
}

TEST_CASE(
    "trial: what nobody confirms is undone, and a confirmation that is late changes nothing") {
    test::RecordingHost host;
    Trial trial = file_trial();
    perform_until_rest(trial, host);
    trial.settle(after_limit(host) - std::chrono::nanoseconds(1));
    CHECK(trial.state() == State::on_trial);
    CHECK_FALSE(trial.confirm(after_limit(host)));
    trial.settle(after_limit(host));
    CHECK(trial.state() == State::undoing);
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::undone);
    CHECK(host.files.at("/network") == "old");
    CHECK(host.ran == std::vector<std::string>{"run /reload", "run /reload"});
    CHECK(trial.problem().find("Nobody confirmed") != std::string::npos);
}

TEST_CASE("trial: it can be taken back without waiting") {
    test::RecordingHost host;
    Trial trial = file_trial();
    perform_until_rest(trial, host);
    CHECK(trial.take_back(host.now()));
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::undone);
    CHECK(host.files.at("/network") == "old");
}

TEST_CASE("trial: a change that fails is undone, and says which step failed and why") {
    test::RecordingHost host;
    host.failures["run /reload"] = 1;
    Trial trial = file_trial();
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::undone);
    CHECK(trial.problem() == "Network: run /reload failed.");
    CHECK(host.files.at("/network") == "old");
}

TEST_CASE("trial: what cannot be undone either says both") {
    test::RecordingHost host;
    host.failures["run /reload"] = 100;
    Trial trial = file_trial();
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::stuck);
    CHECK(
        trial.problem() ==
        "Network: run /reload failed. It could not be undone: Network: run /reload failed.");
}

TEST_CASE("trial: what needs no confirmation is kept when it is in force") {
    test::RecordingHost host;
    Trial trial = file_trial(Confirmation::not_needed);
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::kept);
    CHECK(host.files.at("/network") == "new");
}

TEST_CASE("trial: one that a restart has interrupted is undone") {
    test::RecordingHost host;
    host.files["/network"] = "new";
    Trial trial = Trial::interrupted({file_step("old")}, {});
    CHECK(trial.state() == State::undoing);
    perform_until_rest(trial, host);
    CHECK(trial.state() == State::undone);
    CHECK(host.files.at("/network") == "old");
    CHECK(trial.problem().find("started again") != std::string::npos);
}

TEST_CASE("trial: with nothing to do it is on trial, or over, at once") {
    Trial trial({}, {}, {}, Confirmation::needed);
    trial.settle(SteadyTime());
    CHECK(trial.state() == State::on_trial);
    Trial kept({}, {}, {}, Confirmation::not_needed);
    kept.settle(SteadyTime());
    CHECK(kept.state() == State::kept);
}
