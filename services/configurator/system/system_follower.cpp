// SPDX-License-Identifier: Apache-2.0
#include "configurator/system/system_follower.hpp"

#include "common/base/log.hpp"
#include "configurator/follow/configure.hpp"

namespace millrace::configurator {
namespace {

/// A wish waits for one command of the trial that is under way, no longer.
constexpr seconds wish_limit{40};

/// On the worker: what has to be known to undo the change.
Result<BeforeChange> before_of(SystemChange const& change, PropertyTexts form, Host& host) {
    BeforeChange before{.form = std::move(form), .files = {}, .steps = {}};
    for (Step const& step : change.apply)
        before.steps.insert(step.id);
    for (std::string const& path : kept_paths(before.steps)) {
        auto file = host.present(path);
        if (!file)
            return std::unexpected(file.error());
        before.files.push_back(std::move(*file));
    }
    return before;
}

}  // namespace

Task<Result<void>> SystemFollower::run() {
    form_ = journal_.form().value_or(PropertyTexts());
    if (auto const& before = journal_.before_change()) {
        auto undo = undo_steps(*before, system_now());
        if (undo)
            trial_ = Trial::interrupted(std::move(*undo), journal_.completed());
        else
            last_ = Outcome{Trial::State::stuck, undo.error().detail, system_now()};
    }
    is_ready_ = true;
    for (;;) {
        co_await take_wish();
        if (trial_ && trial_->is_over()) {
            auto const ended = co_await end();
            if (!ended)
                co_return ended;
        } else if (!trial_) {
            if (!wishes_.has_wish())
                co_await changed_.wait();
        } else if (trial_->state() == Trial::State::on_trial) {
            if (!wishes_.has_wish())
                co_await changed_.wait_until(trial_->until());
            trial_->settle(steady_now());
        } else if (auto const done = co_await perform_command(); !done) {
            co_return done;
        }
    }
}

/// Of what is applied or undone.
Task<Result<void>> SystemFollower::perform_command() {
    ConfigurationMachine& steps = trial_->steps();
    auto const at = steps.current();
    step_title_ = at ? steps.steps()[*at].title : "";
    auto done = co_await worker_.run([this, &steps] {
        auto kept = journal_.keep_completed(steps.completed());
        if (kept)
            configurator::perform_next(steps, host_);
        return kept;
    });
    if (!done)
        co_return done;
    Trial::State const before = trial_->state();
    trial_->settle(steady_now());
    if (trial_->state() != before) {
        log::info(
            "A change of the appliance.",
            {{"state", std::string(to_string(trial_->state()))}, {"reason", trial_->problem()}});
        step_title_.clear();
        changed_.notify();
    }
    co_return Result<void>();
}

Task<Result<void>> SystemFollower::end() {
    Trial::State const state = trial_->state();
    auto done = co_await worker_.run([this, state] -> Result<void> {
        if (!journal_.before_change() || state == Trial::State::stuck)
            return {};
        return state == Trial::State::kept ? journal_.keep_change() : journal_.forget_change();
    });
    if (!done)
        co_return done;
    form_ = journal_.form().value_or(PropertyTexts());
    last_ = Outcome{state, trial_->problem(), system_now()};
    trial_.reset();
    changed_.notify();
    co_return Result<void>();
}

Task<void> SystemFollower::take_wish() {
    auto const wish = wishes_.take();
    if (!wish)
        co_return;
    if (auto const* const program = std::get_if<Program>(&wish->what))
        wish->outcome = co_await take(*program);
    else
        wish->outcome = co_await take(std::get<SystemChange>(wish->what));
    changed_.notify();
}

Task<Result<void>> SystemFollower::take(SystemChange change) {
    if (trial_)
        co_return failure(ErrorCode::conflict, "Another change is under way.");
    bool const can_be_undone = change.confirmation == Confirmation::needed;
    auto const undo = co_await worker_.run([&] -> Result<std::vector<Step>> {
        if (!can_be_undone)
            return std::vector<Step>();
        auto before = before_of(change, form_, host_);
        if (!before)
            return std::unexpected(before.error());
        if (auto can_be = undo_steps(journal_.before_change().value_or(*before), system_now());
            !can_be)
            return can_be;
        if (auto kept = journal_.begin_change(std::move(*before), change.form); !kept)
            return std::unexpected(kept.error());
        return undo_steps(*journal_.before_change(), system_now());
    });
    if (!undo)
        co_return std::unexpected(undo.error());
    form_ = change.form;
    std::set<std::string> completed = journal_.completed();
    // A password that is given has to be set, whatever was set before.
    for (Step const& step : change.apply)
        completed.erase(step.id);
    trial_.emplace(std::move(change.apply), *undo, std::move(completed), change.confirmation);
    co_return Result<void>();
}

Task<Result<void>> SystemFollower::take(Program program) {
    co_return co_await worker_.run([this, &program] { return host_.run(program); });
}

Task<Result<void>> SystemFollower::ask_for(std::variant<SystemChange, Program> what) {
    if (!is_ready_)
        co_return failure(ErrorCode::unavailable, "The appliance is still starting.");
    co_return co_await wishes_.ask(
        std::move(what), wish_limit, "A program has not ended yet. Try again.");
}

Task<Result<void>> SystemFollower::begin(SystemChange change) {
    co_return co_await ask_for(std::move(change));
}

Task<Result<void>> SystemFollower::perform(Program program) {
    co_return co_await ask_for(std::move(program));
}

Task<Result<void>> SystemFollower::confirm() {
    if (!trial_ || !trial_->confirm(steady_now()))
        co_return failure(ErrorCode::conflict, "Nothing is on trial.");
    changed_.notify();
    SteadyTime const until = steady_now() + wish_limit;
    while (trial_ && steady_now() < until)
        if (auto const woken = co_await changed_.wait_until(until); !woken)
            break;
    co_return trial_ ? failure(ErrorCode::timed_out, "It is not on the disk yet.") : Result<void>();
}

Result<void> SystemFollower::take_back() {
    if (!trial_ || !trial_->take_back(steady_now()))
        return failure(ErrorCode::conflict, "Nothing is on trial.");
    changed_.notify();
    return {};
}

}  // namespace millrace::configurator
