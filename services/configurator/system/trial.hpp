// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configurator/plan/configuration_machine.hpp"

namespace millrace::configurator {

/// Whether a change waits for somebody to say that it works.
enum class Confirmation { needed, not_needed };

/// A change of a running appliance: applied, on trial, then kept, or undone because nobody
/// confirmed it, it was taken back, or it failed. What fails while it is undone stays as it is.
/// Pure: `steps()` says what is to be done next and is told what came of it, then `settle`.
class Trial {
public:
    static constexpr nanoseconds limit = 60s;
    enum class State { applying, on_trial, undoing, kept, undone, stuck };

    /// `completed`: ConfigurationMachine's.
    Trial(
        std::vector<Step> apply, std::vector<Step> undo, std::set<std::string> completed,
        Confirmation confirmation);
    /// One of which nobody can know any more how far it came.
    static Trial interrupted(std::vector<Step> undo, std::set<std::string> completed);

    State state() const { return state_; }
    bool is_over() const { return state_ >= State::kept; }
    /// What is being applied or undone. Its steps are through, or one is stuck, only until
    /// `settle`.
    ConfigurationMachine& steps() { return steps_; }
    ConfigurationMachine const& steps() const { return steps_; }
    /// Why it is, or was, undone, in a sentence; of a stuck one also what hinders.
    std::string const& problem() const { return problem_; }
    /// Of one on trial: when it is undone by itself.
    SteadyTime until() const { return until_; }

    /// To be called after each command of `steps()`, and at `until`.
    void settle(SteadyTime now);
    /// False where it is not, or not any more, on trial.
    bool confirm(SteadyTime now);
    bool take_back(SteadyTime now);

private:
    void begin_undo(std::string problem);
    std::string failed_step() const;
    bool is_on_trial(SteadyTime now) const { return state_ == State::on_trial && now < until_; }

    State state_ = State::applying;
    ConfigurationMachine steps_;
    std::vector<Step> undo_;
    Confirmation confirmation_;
    std::string problem_;
    SteadyTime until_;
};

/// "onTrial", as in api/openapi.yaml.
std::string_view to_string(Trial::State state);

}  // namespace millrace::configurator
