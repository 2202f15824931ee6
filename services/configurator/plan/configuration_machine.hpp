// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <set>

#include "common/base/result.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// What is to be done next. The pointers are into the machine's steps.
struct LookAt {
    Change const* change;
};
struct Make {
    Change const* change;
};
struct Run {
    Program const* program;
};
struct Ask {
    Proof const* proof;
};
struct Wait {
    nanoseconds span;
};
/// Every step has come true, or is a warning.
struct Finished {};
/// A step has failed as often as it may; retry() begins it again.
struct Stuck {};
using Command = std::variant<LookAt, Make, Run, Ask, Wait, Finished, Stuck>;

/// How a step stands.
struct StepReport {
    enum class State {
        waiting,
        running,
        held,     ///< nothing had to be done
        done,     ///< something was done, and it has come true
        warning,  ///< it failed and is optional
        failed,
    };
    State state = State::waiting;
    std::string problem;  ///< of running (the last attempt's), warning and failed
    int attempts = 0;
};
/// "held", as it stands in the status.
std::string_view to_string(StepReport::State state);

/// Performs steps one after another: what differs is made, then the step's programs run, then it is
/// waited for until it is true. A step that fails is begun again, from looking, after a pause that
/// doubles, with its remedies before; what was made by then holds. Pure: says what is to be done
/// and is told what came of it.
///
/// Programs are left out only where nothing differs, the step is among the completed ones, and what
/// proves it holds. A step leaves those before its first change is made, so that a process which
/// died between a change and its programs runs them the next time.
class ConfigurationMachine {
public:
    static constexpr nanoseconds first_pause = 2s;
    static constexpr nanoseconds pause_max = 16s;
    static constexpr nanoseconds ask_pause = 500ms;

    /// `completed`: the ids of steps whose programs have run for this form, as completed() had
    /// them.
    explicit ConfigurationMachine(std::vector<Step> steps, std::set<std::string> completed = {});

    /// What is to be done now. Changes nothing: the same until it is told what came of it.
    Command next() const;

    /// Whether the change that LookAt names holds. An error counts as a failure of the step: what
    /// cannot be read is not taken for absent.
    void looked(Result<bool> holds);
    /// What came of Make or Run.
    void performed(Result<void> const& outcome);
    /// Whether the proof that Ask names holds.
    void asked(Result<bool> const& holds, SteadyTime now);
    /// The time that Wait names is over.
    void waited();
    /// Begins the step again that is stuck. Pre: next() is Stuck.
    void retry();

    std::vector<Step> const& steps() const { return steps_; }
    std::vector<StepReport> const& reports() const { return reports_; }
    /// To be kept before the next command is performed.
    std::set<std::string> const& completed() const { return completed_; }
    /// The step that is being performed; nothing when all are through.
    std::optional<std::size_t> current() const;

private:
    enum class Phase { remedying, looking, making, asking_before, running, asking, pausing, stuck };

    Step const& step() const { return steps_[step_]; }
    StepReport& report() { return reports_[step_]; }
    void enter(std::size_t step);
    void begin_attempt();
    void begin_looking();
    nanoseconds pause() const;
    void after_looking();
    void after_making();
    void after_running();
    void fail(std::string problem);
    void finish(StepReport::State state);

    std::vector<Step> steps_;
    std::vector<StepReport> reports_;
    std::set<std::string> completed_;
    std::size_t step_ = 0;
    Phase phase_ = Phase::looking;
    std::size_t at_ = 0;                  ///< of the changes, programs or proofs
    std::vector<std::size_t> different_;  ///< changes that do not hold
    bool is_ask_pause_ = false;           ///< of pausing: the proof is asked again, not the step
    std::optional<SteadyTime> asked_since_;
};

}  // namespace millrace::configurator
