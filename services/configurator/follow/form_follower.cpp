// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/form_follower.hpp"

#include "common/base/log.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/follow/configure.hpp"
#include "configurator/state/status.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

void log_all(std::string_view what, Faults const& faults) {
    for (Fault const& fault : faults)
        log::warn(what, {{"property", fault.place}, {"problem", fault.problem}});
}

}  // namespace

FormFollower::FormFollower(
    asio::any_io_executor io, WorkerThread& worker, Journal& journal, Host& host,
    Following following)
    : worker_(worker),
      journal_(journal),
      host_(host),
      following_(std::move(following)),
      file_(following_.status_file),
      changed_(io),
      wishes_(changed_),
      status_(status_json("starting")),
      sealed_(journal_.sealed()) {}

Task<Result<void>> FormFollower::run() {
    tell();
    auto taken = co_await worker_.run([this] { return take_environment(); });
    has_looked_ = true;
    if (taken) {
        environment_notes_ = std::move(*taken);
        begin();
    } else {
        log::error("The form cannot be taken.", {{"reason", taken.error().detail}});
        faults_ = {{"ovf environment", taken.error().detail}};
        form_ = journal_.form();
    }
    for (;;) {
        auto const taken_wish = co_await take_wish();
        if (!taken_wish)
            co_return taken_wish;
        if (is_over()) {
            auto const ended = co_await worker_.run([this] { return end_copy(); });
            tell();
            co_return ended;
        }
        tell();
        auto const done = machine_ ? co_await perform_command() : co_await rest(std::nullopt);
        if (!done)
            co_return done;
    }
}

/// On the worker: VMware Tools can take half a minute. Notes.
Result<Faults> FormFollower::take_environment() {
    auto const found = find_environment(following_.transports);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return Faults();
    auto form = parse_ovf_environment((*found)->xml);
    if (!form)
        return failure(form.error().code, (*found)->place + ": " + form.error().detail);
    // One without properties is what hide_environment left, or a VM without a form.
    if (form->empty())
        return Faults();
    auto taken = take_form(std::move(*form));
    if (!taken)
        return taken;
    // It is on the disk, for root alone. vCenter gives it anew at each power on.
    if (auto const hidden = hide_environment(following_.transports, **found); !hidden)
        taken->push_back({(*found)->place, hidden.error().detail});
    return taken;
}

/// What it cannot do is a note: the machine is configured as the other one was.
Result<Faults> FormFollower::take_form(PropertyTexts form) {
    if (!journal_.sealed()) {
        auto const kept = journal_.take_form(std::move(form));
        return kept ? Result<Faults>(Faults()) : std::unexpected(kept.error());
    }
    if (!is_copy())
        return Faults();
    auto change = following_.change_of_copy(journal_.form().value_or(PropertyTexts()), form);
    if (!change)
        return std::move(change.error());
    copy_change_ = std::move(*change);
    return Faults();
}

bool FormFollower::is_copy() const {
    std::error_code none;
    return std::filesystem::exists(following_.copy_mark, none);
}

/// On the worker: what the copy was given is in force. Nothing is done where a step has failed, or
/// its form has faults: it is tried again at the next start.
Result<void> FormFollower::end_copy() {
    if (!is_copy() || !machine_ || !std::holds_alternative<Finished>(machine_->next()) ||
        !environment_notes_.empty())
        return {};
    if (copy_change_)
        if (auto kept = journal_.replace_form(copy_change_->form); !kept)
            return kept;
    std::error_code code;
    std::filesystem::remove(following_.copy_mark, code);
    if (code)
        log::warn("The mark of a copy stays.", {{"reason", code.message()}});
    return {};
}

/// Begins with the journal's form.
void FormFollower::begin() {
    machine_.reset();
    faults_.clear();
    notes_ = environment_notes_;
    log_.clear();
    form_ = journal_.form();
    if (journal_.sealed()) {
        std::vector<Step> steps = copy_change_ ? copy_change_->steps : std::vector<Step>();
        std::set<std::string> completed = journal_.completed();
        for (Step const& step : steps)
            completed.erase(step.id);
        steps.insert(steps.end(), following_.boot_steps.begin(), following_.boot_steps.end());
        machine_.emplace(std::move(steps), std::move(completed));
        return;
    }
    if (!form_)
        return;
    ReadSettings read = read_settings(*form_, system_now());
    notes_.insert(notes_.end(), read.notes.begin(), read.notes.end());
    if (read.settings)
        machine_.emplace(all_steps(*read.settings), journal_.completed());
    else
        faults_ = std::move(read.settings.error());
    log_all("To know.", notes_);
    log_all("To correct.", faults_);
}

Task<Result<void>> FormFollower::take_wish() {
    auto const wish = wishes_.take();
    if (!wish)
        co_return Result<void>();
    if (sealed_)
        wish->outcome = failure(ErrorCode::conflict, "The form has been followed to its end.");
    else
        wish->outcome =
            co_await worker_.run([this, wish] { return journal_.keep_form(wish->what); });
    if (*wish->outcome)
        begin();
    changed_.notify();
    co_return sealed_ ? Result<void>() : *wish->outcome;
}

bool FormFollower::is_over() const {
    if (!sealed_ || !machine_ || wishes_.has_wish())
        return false;
    Command const next = machine_->next();
    return std::holds_alternative<Finished>(next) || std::holds_alternative<Stuck>(next);
}

Task<Result<void>> FormFollower::perform_command() {
    Command const command = machine_->next();
    if (std::holds_alternative<Stuck>(command))
        co_return co_await rest(std::nullopt);
    if (auto const* const wait = std::get_if<Wait>(&command))
        co_return co_await rest(wait->span);
    if (std::holds_alternative<Finished>(command)) {
        auto const done = co_await worker_.run([this] {
            auto kept = journal_.keep_completed(machine_->completed());
            if (kept)
                kept = journal_.seal();
            return kept ? end_copy() : kept;
        });
        sealed_ = journal_.sealed();
        form_ = journal_.form();
        if (sealed_)
            following_.on_sealed();
        co_return done;
    }
    std::string const step = machine_->steps()[*machine_->current()].id;
    auto const done = co_await worker_.run([this] {
        auto kept = journal_.keep_completed(machine_->completed());
        if (kept)
            perform_next(*machine_, host_);
        return kept;
    });
    if (auto const* const run = std::get_if<Run>(&command))
        keep_printed(step, run->program->words);
    else if (auto const* const ask = std::get_if<Ask>(&command))
        keep_printed(step, ask->proof->words);
    co_return done;
}

void FormFollower::keep_printed(std::string const& step, std::vector<std::string> const& words) {
    std::string line;
    for (std::string const& word : words)
        line += (line.empty() ? "" : " ") + word;
    log_.add(step, std::move(line), host_.printed(), form_.value_or(PropertyTexts()));
}

/// Until something is asked for, or the machine's time to wait is over.
Task<Result<void>> FormFollower::rest(std::optional<nanoseconds> span) {
    if (wishes_.has_wish())
        co_return Result<void>();
    if (!span) {
        co_await changed_.wait();
        co_return Result<void>();
    }
    SteadyTime const until = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(*span);
    while (!wishes_.has_wish() && steady_now() < until)
        co_await changed_.wait_until(until);
    if (!wishes_.has_wish())
        machine_->waited();
    co_return Result<void>();
}

Json FormFollower::current_status() const {
    if (!has_looked_)
        return status_json("starting");
    if (machine_)
        return status_json(*machine_, notes_);
    return faults_.empty() ? status_json("waiting") : status_json(faults_, notes_);
}

void FormFollower::tell() {
    Json status = current_status();
    // Not before it is sealed: who hears that it has finished can go on.
    if (machine_ && std::holds_alternative<Finished>(machine_->next()) && !sealed_)
        status["state"] = "running";
    status_ = std::move(status);
    file_.write(status_);
    if (machine_)
        file_.print(*machine_);
}

Task<Result<void>> FormFollower::follow(PropertyTexts form, nanoseconds limit) {
    if (sealed_)
        co_return failure(ErrorCode::conflict, "The form has been followed to its end.");
    if (!has_looked_)
        co_return failure(ErrorCode::conflict, "The VM is still asked for its form; try again.");
    co_return co_await wishes_.ask(
        std::move(form), limit,
        "A program of the step under way has not ended yet; nothing is changed. Try again.");
}

Result<void> FormFollower::retry() {
    // By what was told: where it is not stuck, the machine may be the worker's at this moment.
    if (string_at(status_, "state") != "stuck" || sealed_)
        return failure(ErrorCode::conflict, "No step has failed for good.");
    machine_->retry();
    tell();
    changed_.notify();
    return {};
}

}  // namespace millrace::configurator
