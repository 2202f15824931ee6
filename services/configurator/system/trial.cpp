// SPDX-License-Identifier: Apache-2.0
#include "configurator/system/trial.hpp"

#include <utility>

namespace millrace::configurator {

std::string_view to_string(Trial::State state) {
    switch (state) {
        case Trial::State::applying:
            return "applying";
        case Trial::State::on_trial:
            return "onTrial";
        case Trial::State::undoing:
            return "undoing";
        case Trial::State::kept:
            return "kept";
        case Trial::State::undone:
            return "undone";
        case Trial::State::stuck:
            break;
    }
    return "stuck";
}

Trial::Trial(
    std::vector<Step> apply, std::vector<Step> undo, std::set<std::string> completed,
    Confirmation confirmation)
    : steps_(std::move(apply), std::move(completed)),
      undo_(std::move(undo)),
      confirmation_(confirmation) {}

Trial Trial::interrupted(std::vector<Step> undo, std::set<std::string> completed) {
    Trial trial({}, std::move(undo), std::move(completed), Confirmation::needed);
    trial.begin_undo("The appliance was started again before anybody confirmed the change.");
    return trial;
}

void Trial::settle(SteadyTime now) {
    if (state_ == State::on_trial) {
        if (now >= until_)
            begin_undo("Nobody confirmed the change within a minute.");
        return;
    }
    Command const next = steps_.next();
    bool const is_through = std::holds_alternative<Finished>(next);
    bool const is_stuck = std::holds_alternative<Stuck>(next);
    if (state_ == State::applying && is_through) {
        state_ = confirmation_ == Confirmation::needed ? State::on_trial : State::kept;
        until_ = now + std::chrono::duration_cast<SteadyTime::duration>(limit);
    } else if (state_ == State::applying && is_stuck) {
        begin_undo(failed_step());
    } else if (state_ == State::undoing && is_through) {
        state_ = State::undone;
    } else if (state_ == State::undoing && is_stuck) {
        problem_ += " It could not be undone: " + failed_step();
        state_ = State::stuck;
    }
}

bool Trial::confirm(SteadyTime now) {
    if (!is_on_trial(now))
        return false;
    state_ = State::kept;
    return true;
}

bool Trial::take_back(SteadyTime now) {
    if (!is_on_trial(now))
        return false;
    begin_undo("It was taken back.");
    return true;
}

void Trial::begin_undo(std::string problem) {
    state_ = State::undoing;
    problem_ = std::move(problem);
    // By value: those of the change go.
    std::set<std::string> completed = steps_.completed();
    steps_ = ConfigurationMachine(std::exchange(undo_, {}), std::move(completed));
}

std::string Trial::failed_step() const {
    auto const at = steps_.current();
    return at ? steps_.steps()[*at].title + ": " + steps_.reports()[*at].problem : "";
}

}  // namespace millrace::configurator
