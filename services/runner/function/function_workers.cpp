// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "runner/function/function.hpp"
#include "runner/function/worker_command.hpp"

namespace millrace::runner {
namespace {

constexpr milliseconds gentle_stop_limit = 2s;
/// Process-Init may import PowerCLI, which takes a while, and connect: once a runspace.
constexpr seconds powershell_start_limit = 60s;

/// VEBA's handlers print their secrets where FUNCTION_DEBUG is true.
SecretMask mask_of(RevisionContent const& content) {
    std::vector<Secret> values;
    for (std::string const& name : content.secret_variables)
        if (auto const found = content.environment.find(name); found != content.environment.end())
            values.push_back(found->second);
    return SecretMask(values);
}

}  // namespace

/// What a worker reads beside its code.
std::vector<std::filesystem::path> Function::runtime_folders(RevisionContent const& content) const {
    std::string const& runtime = content.definition.runtime;
    std::vector<std::filesystem::path> folders = {options_.runtimes / runtime};
    if (runtime != "powershell")
        return folders;
    folders.push_back(options_.powershell->program.parent_path());
    folders.push_back(options_.powershell->compiled);
    if (!options_.powershell->modules.empty())
        folders.push_back(options_.powershell->modules);
    return folders;
}

std::shared_ptr<Function::Revision> Function::make_revision(RevisionContent content) {
    auto revision = std::make_shared<Revision>();
    revision->content = std::move(content);
    if (options_.isolation == nullptr)
        return revision;
    auto const temporary = options_.folder / "tmp";
    auto sandbox = Result<FileSandbox>(failure(ErrorCode::storage, "No folder."));
    if (auto const made = make_directories(temporary, 0700); !made)
        sandbox = std::unexpected(made.error());
    else
        sandbox = options_.isolation->sandbox(
            runtime_folders(revision->content), revision->content.code_folder, temporary);
    if (sandbox)
        revision->sandbox.emplace(std::move(*sandbox));
    else
        log::warn(
            "A function is not kept from other files.",
            {{"function", options_.name.text()}, {"reason", sandbox.error().detail}});
    return revision;
}

InstanceOptions Function::instance_options(Revision const& revision) const {
    InstanceOptions options;
    auto const temporary = options_.isolation == nullptr
                               ? std::filesystem::path()
                               : std::filesystem::absolute(options_.folder / "tmp");
    FunctionDefinition const& definition = revision.content.definition;
    options.command =
        worker_command(revision.content, options_.runtimes, temporary, options_.powershell);
    options.command.sandbox = revision.sandbox ? &*revision.sandbox : nullptr;
    options.function = "/functions/" + options_.name.text();
    options.revision = definition.revision;
    options.lanes = definition.concurrency;
    if (definition.runtime == "powershell") {
        options.start_limit = powershell_start_limit * definition.concurrency;
        options.mask = mask_of(revision.content);
    }
    return options;
}

/// The whole life of one worker process. The instance refers to `revision`.
Task<void> Function::run_worker(
    Worker worker, [[maybe_unused]] std::shared_ptr<Revision const> revision) {
    RunningWorker& running = *workers_.at(worker);
    // Not from within apply(): what fails at once would call it again and again.
    co_await asio::post(executor_, asio::use_awaitable);
    std::string reason = "Stopped.";
    if (life_.state(worker) == FunctionLife::WorkerState::starting)
        reason = co_await start_worker(worker, running.instance);
    if (reason.empty())
        reason = co_await watch_worker(worker, running);
    bool const gently = life_.state(worker) == FunctionLife::WorkerState::ending;
    co_await running.instance.stop(
        std::move(reason), gently ? nanoseconds(gentle_stop_limit) : 0ns);
    co_await running.calls.stop();
    workers_.erase(worker);
    life_.ended(worker);
    apply();
}

/// Empty when it is ready; else why it ends, for the log.
Task<std::string> Function::start_worker(Worker worker, Instance& instance) {
    auto const started = co_await instance.start();
    if (life_.state(worker) == FunctionLife::WorkerState::killed)
        co_return "Stopped.";
    if (started) {
        workers_.at(worker)->idle_since = steady_now();
        life_.started(worker);
        bool const took_over =
            trial_worker_ == worker && life_.trial() == FunctionLife::Trial::passed;
        if (took_over) {
            serving_ = on_trial_;
            // What went wrong before went wrong in another revision.
            last_error_.clear();
        }
        apply();
        co_return "";
    }
    if (trial_worker_ == worker)
        trial_problem_ = started.error().detail;
    for (Call const id : life_.calls_of(worker))
        if (auto const call = calls_.find(id); call != calls_.end())
            settle(*call->second, std::unexpected(started.error()));
    life_.failed(worker);
    apply();
    co_return "The worker did not start: " + started.error().detail;
}

/// Until it is to end or of no use any more: why, for the log. Its calls have tasks of their own.
Task<std::string> Function::watch_worker(Worker worker, RunningWorker& running) {
    using namespace asio::experimental::awaitable_operators;
    using State = FunctionLife::WorkerState;
    while (!running.instance.problem()) {
        auto const state = life_.state(worker);
        if (state == State::ending)
            co_return life_.closing()               ? "Stopped."
            : life_.active() == 0 && life_.serves() ? "Idle: stopped until the next event."
                                                    : "Stopped: it is not needed any more.";
        if (state == State::ready && steady_now() - running.idle_since >= options_.idle_limit) {
            life_.idle(worker);
            apply();
            running.idle_since = steady_now();
            continue;
        }
        // A call that ends meanwhile begins the time anew.
        nanoseconds const left = state == State::ready
                                     ? running.idle_since + options_.idle_limit - steady_now()
                                     : options_.idle_limit;
        co_await (running.ordered.wait(left) || running.instance.wait_for_failure());
    }
    life_.failed(worker);
    apply();
    co_return why_it_failed(running);
}

std::string Function::why_it_failed(RunningWorker const& running) {
    Error const& error = *running.instance.problem();
    std::size_t const calls = running.instance.calls();
    if (running.is_cut)
        return calls == 0 ? "Stopped." : "Stopped in the middle of an event.";
    if (error.code == ErrorCode::timed_out)
        return error.detail;
    if (calls == 0)
        return "The worker has ended by itself";
    return "The worker failed in the middle of " +
           (calls == 1 ? "an event" : std::to_string(calls) + " events") + ": " + error.detail;
}

Task<void> Function::serve_call(Worker worker, Call id) {
    // Not from within apply().
    co_await asio::post(executor_, asio::use_awaitable);
    auto const found = calls_.find(id);
    // Its caller is gone.
    if (found == calls_.end())
        co_return end_call(worker, id, true);
    std::shared_ptr<PendingCall> const call = found->second;
    nanoseconds const limit = call->deadline - steady_now();
    if (limit <= 0ns) {
        settle(*call, failure(ErrorCode::timed_out, "The worker was ready too late."));
        co_return end_call(worker, id, true);
    }
    call_count_.increment();
    auto outcome = co_await workers_.at(worker)->instance.call(call->event, limit);
    bool const is_usable = outcome.has_value();
    if (is_usable && outcome->kind == WorkerFrame::Kind::stopped)
        outcome = failure(ErrorCode::timed_out, outcome->error);
    settle(*call, std::move(outcome));
    end_call(worker, id, is_usable);
}

void Function::end_call(Worker worker, Call id, bool is_usable) {
    workers_.at(worker)->idle_since = steady_now();
    if (is_usable)
        life_.answered(worker, id);
    else
        life_.failed(worker);
    apply();
}

void Function::settle(PendingCall& call, Result<WorkerFrame> outcome) {
    bool const is_ok = outcome && outcome->kind == WorkerFrame::Kind::ok;
    bool const is_untried = !outcome && outcome.error().code == ErrorCode::canceled;
    last_call_at_ = system_now();
    if (!is_untried)
        last_error_ = is_ok ? "" : outcome ? outcome->error : outcome.error().detail;
    if (!is_ok && !is_untried)
        failure_count_.increment();
    call.outcome = std::move(outcome);
    call.settled.notify();
}

}  // namespace millrace::runner
