// SPDX-License-Identifier: Apache-2.0
#include "configurator/plan/configuration_machine.hpp"

#include "common/base/assert.hpp"

namespace millrace::configurator {

std::string_view to_string(StepReport::State state) {
    switch (state) {
        case StepReport::State::waiting:
            return "waiting";
        case StepReport::State::running:
            return "running";
        case StepReport::State::held:
            return "held";
        case StepReport::State::done:
            return "done";
        case StepReport::State::warning:
            return "warning";
        case StepReport::State::failed:
            return "failed";
    }
    return "waiting";
}

ConfigurationMachine::ConfigurationMachine(std::vector<Step> steps, std::set<std::string> completed)
    : steps_(std::move(steps)),
      reports_(steps_.size()),
      completed_(std::move(completed)) {
    enter(0);
}

std::optional<std::size_t> ConfigurationMachine::current() const {
    return step_ < steps_.size() ? std::optional(step_) : std::nullopt;
}

Command ConfigurationMachine::next() const {
    if (!current())
        return Finished{};
    switch (phase_) {
        case Phase::looking:
            return LookAt{&step().changes[at_]};
        case Phase::making:
            return Make{&step().changes[different_[at_]]};
        case Phase::remedying:
            return Run{&step().remedies[at_]};
        case Phase::running:
            return Run{&step().programs[at_]};
        case Phase::asking_before:
        case Phase::asking:
            return Ask{&step().proofs[at_]};
        case Phase::pausing:
            return Wait{pause()};
        case Phase::stuck:
            break;
    }
    return Stuck{};
}

void ConfigurationMachine::enter(std::size_t step) {
    step_ = step;
    if (current())
        begin_attempt();
}

void ConfigurationMachine::begin_attempt() {
    report().state = StepReport::State::running;
    ++report().attempts;
    different_.clear();
    asked_since_.reset();
    at_ = 0;
    phase_ = Phase::remedying;
    if (report().attempts == 1 || step().remedies.empty())
        begin_looking();
}

void ConfigurationMachine::begin_looking() {
    at_ = 0;
    phase_ = Phase::looking;
    if (step().changes.empty())
        after_looking();
}

nanoseconds ConfigurationMachine::pause() const {
    if (is_ask_pause_)
        return ask_pause;
    nanoseconds pause = first_pause;
    for (int attempt = 1; attempt < reports_[step_].attempts && pause < pause_max; ++attempt)
        pause *= 2;
    return pause;
}

void ConfigurationMachine::looked(Result<bool> holds) {
    MILLRACE_ASSERT(phase_ == Phase::looking);
    if (!holds)
        return fail(std::move(holds.error().detail));
    if (!*holds)
        different_.push_back(at_);
    if (++at_ == step().changes.size())
        after_looking();
}

void ConfigurationMachine::after_looking() {
    at_ = 0;
    if (!different_.empty()) {
        completed_.erase(step().id);
        phase_ = Phase::making;
    } else if (!completed_.contains(step().id) && !step().programs.empty()) {
        phase_ = Phase::running;
    } else if (!step().proofs.empty()) {
        phase_ = Phase::asking_before;
    } else {
        finish(StepReport::State::held);
    }
}

void ConfigurationMachine::performed(Result<void> const& outcome) {
    MILLRACE_ASSERT(
        phase_ == Phase::remedying || phase_ == Phase::making || phase_ == Phase::running);
    if (!outcome)
        return fail(outcome.error().detail);
    ++at_;
    if (phase_ == Phase::remedying && at_ == step().remedies.size())
        begin_looking();
    else if (phase_ == Phase::making && at_ == different_.size())
        after_making();
    else if (phase_ == Phase::running && at_ == step().programs.size())
        after_running();
}

void ConfigurationMachine::after_making() {
    at_ = 0;
    if (step().programs.empty())
        after_running();
    else
        phase_ = Phase::running;
}

void ConfigurationMachine::after_running() {
    at_ = 0;
    if (step().proofs.empty())
        finish(StepReport::State::done);
    else
        phase_ = Phase::asking;
}

void ConfigurationMachine::asked(Result<bool> const& holds, SteadyTime now) {
    MILLRACE_ASSERT(phase_ == Phase::asking_before || phase_ == Phase::asking);
    bool const is_true = holds && *holds;
    if (is_true) {
        asked_since_.reset();
        if (++at_ == step().proofs.size())
            finish(phase_ == Phase::asking ? StepReport::State::done : StepReport::State::held);
        return;
    }
    if (phase_ == Phase::asking_before && !step().programs.empty()) {
        at_ = 0;
        phase_ = Phase::running;
        return;
    }
    phase_ = Phase::asking;
    Proof const& proof = step().proofs[at_];
    if (!asked_since_)
        asked_since_ = now;
    if (now - *asked_since_ >= proof.limit)
        return fail(holds ? proof.otherwise : proof.otherwise + " " + holds.error().detail);
    is_ask_pause_ = true;
    phase_ = Phase::pausing;
}

void ConfigurationMachine::waited() {
    MILLRACE_ASSERT(phase_ == Phase::pausing);
    if (is_ask_pause_)
        phase_ = Phase::asking;
    else
        begin_attempt();
}

void ConfigurationMachine::fail(std::string problem) {
    report().problem = std::move(problem);
    if (report().attempts < step().attempts_max) {
        is_ask_pause_ = false;
        phase_ = Phase::pausing;
    } else if (step().is_optional) {
        finish(StepReport::State::warning);
    } else {
        report().state = StepReport::State::failed;
        phase_ = Phase::stuck;
    }
}

void ConfigurationMachine::finish(StepReport::State state) {
    report().state = state;
    if (state != StepReport::State::warning) {
        report().problem.clear();
        completed_.insert(step().id);
    }
    enter(step_ + 1);
}

void ConfigurationMachine::retry() {
    MILLRACE_ASSERT(phase_ == Phase::stuck);
    report().attempts = 0;
    begin_attempt();
}

}  // namespace millrace::configurator
