// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/event/http_binding.hpp"
#include "runner/function/call_answer.hpp"
#include "runner/function/worker_command.hpp"

namespace millrace::runner {
namespace {

/// Longer than a quick handler's queue needs, much shorter than anybody's patience.
constexpr milliseconds busy_limit = 1s;
/// How much earlier than its deadline a call is answered, so that the reason is heard.
constexpr nanoseconds answer_ahead_most = 1s;
/// What a caller waits beyond that for a worker that is being killed.
constexpr milliseconds kill_limit = 500ms;
constexpr milliseconds gentle_stop_limit = 2s;
constexpr nanoseconds for_ever = std::chrono::hours(24);
/// Process-Init may import PowerCLI, which takes a while, and connect.
constexpr seconds powershell_start_limit = 60s;

/// VEBA's handlers print their secrets where FUNCTION_DEBUG is true.
SecretMask mask_of(RevisionContent const& content) {
    std::vector<Secret> values;
    for (std::string const& name : content.secret_variables)
        if (auto const found = content.environment.find(name); found != content.environment.end())
            values.push_back(found->second);
    return SecretMask(values);
}

SteadyTime after(nanoseconds span) {
    return steady_now() + std::chrono::duration_cast<SteadyTime::duration>(span);
}

std::string seconds_text(nanoseconds span) {
    auto const tenths = std::chrono::round<std::chrono::duration<int, std::deci>>(span).count();
    return std::to_string(tenths / 10) +
           (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " s";
}

}  // namespace

class Function::Caller {
public:
    Caller(Function& function, CloudEvent event)
        : function_(function),
          id_(function.life_.admit()),
          call_(std::make_shared<PendingCall>(PendingCall{
              .event = std::move(event),
              .deadline = {},
              .outcome = {},
              .settled = AsyncSignal(function.executor_)})) {
        function_.calls_[id_] = call_;
    }
    Caller(Caller const&) = delete;
    Caller& operator=(Caller const&) = delete;
    ~Caller() {
        function_.calls_.erase(id_);
        function_.life_.left(id_);
        function_.apply();
    }
    FunctionLife::CallState state() const { return function_.life_.state(id_); }
    PendingCall& call() { return *call_; }

private:
    Function& function_;
    FunctionLife::Call id_;
    std::shared_ptr<PendingCall> call_;
};

Function::Function(
    asio::any_io_executor executor, FunctionOptions options, Telemetry& telemetry,
    AsyncSignal& changed)
    : executor_(executor),
      options_(std::move(options)),
      changed_(changed),
      log_(executor, options_.folder / "log.jsonl", options_.log_copy),
      revisions_(options_.folder / "revisions.json"),
      orders_(executor),
      progress_(executor),
      call_count_(telemetry.counter(
          "millrace_function_calls_total", "Events given to the handler.",
          {{"function", options_.name.text()}})),
      failure_count_(telemetry.counter(
          "millrace_function_failures_total", "Calls that ended with an error.",
          {{"function", options_.name.text()}})),
      tasks_(executor) {
    std::error_code ignored;
    std::filesystem::remove_all(options_.folder / "tmp", ignored);
    tasks_.spawn("log of " + options_.name.text(), log_.write_kept_back());
}

void Function::set_problem(std::string problem) {
    problem_ = std::move(problem);
    broken_revision_.clear();
    changed_.notify();
}

/// Performs what the machine has decided, and wakes whom it concerns.
void Function::apply() {
    start_workers();
    for (auto const& [worker, instance] : instances_)
        if (life_.state(worker) == FunctionLife::WorkerState::killed)
            instance->kill();
    for (auto const& [id, call] : calls_) {
        if (call->told || life_.state(id) == FunctionLife::CallState::waiting)
            continue;
        call->told = true;
        call->settled.notify();
    }
    orders_.notify();
    progress_.notify();
    changed_.notify();
}

void Function::start_workers() {
    while (auto const worker = life_.take_start()) {
        bool const is_trial = trial_worker_ == *worker;
        auto const& revision = is_trial ? on_trial_ : serving_;
        instances_[*worker] = make_instance(*revision);
        tasks_.spawn("worker of " + options_.name.text(), run_worker(*worker, revision));
    }
}

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

std::unique_ptr<Instance> Function::make_instance(Revision const& revision) {
    InstanceOptions options;
    auto const temporary = options_.isolation == nullptr
                               ? std::filesystem::path()
                               : std::filesystem::absolute(options_.folder / "tmp");
    options.command =
        worker_command(revision.content, options_.runtimes, temporary, options_.powershell);
    options.command.sandbox = revision.sandbox ? &*revision.sandbox : nullptr;
    options.function = "/functions/" + options_.name.text();
    options.revision = revision.content.definition.revision;
    if (revision.content.definition.runtime == "powershell") {
        options.start_limit = powershell_start_limit;
        options.mask = mask_of(revision.content);
    }
    return std::make_unique<Instance>(executor_, std::move(options), log_);
}

Task<void> Function::deploy(RevisionContent content) {
    if (life_.closing())
        co_return;
    std::string const name = content.definition.revision;
    FunctionLife::Scale const scale{
        content.definition.instances_min, content.definition.instances_max};
    revisions_.begin(name, content.definition.code);
    if (content.definition.runtime == "powershell" && options_.powershell == nullptr) {
        problem_ = powershell_remedy;
        broken_revision_ = name;
        revisions_.end(name, problem_);
        changed_.notify();
        co_return;
    }
    on_trial_ = make_revision(std::move(content));
    trial_problem_.clear();
    trial_worker_ = life_.try_revision(scale);
    apply();
    while (life_.trial() == FunctionLife::Trial::running)
        if (auto const waited = co_await progress_.wait(for_ever); !waited)
            co_return;
    bool const passed = life_.trial() == FunctionLife::Trial::passed;
    on_trial_.reset();
    trial_worker_.reset();
    if (life_.closing())
        co_return;
    revisions_.end(name, passed ? "" : trial_problem_);
    problem_ = passed ? "" : trial_problem_;
    broken_revision_ = passed ? "" : name;
    if (passed)
        log_.append(
            {format_rfc3339(system_now()), "system", "Revision " + name + " serves.", name, ""});
    changed_.notify();
}

/// The whole life of one worker process: nobody else drives it. The instance refers to `revision`.
Task<void> Function::run_worker(
    Worker worker, [[maybe_unused]] std::shared_ptr<Revision const> revision) {
    Instance& instance = *instances_.at(worker);
    // Not from within apply(): what fails at once would call it again and again.
    co_await asio::post(executor_, asio::use_awaitable);
    std::string reason = "Stopped.";
    if (life_.state(worker) == FunctionLife::WorkerState::starting)
        reason = co_await start_worker(worker, instance);
    if (reason.empty())
        reason = co_await serve_calls(worker, instance);
    bool const gently = life_.state(worker) == FunctionLife::WorkerState::ending;
    co_await instance.stop(std::move(reason), gently ? nanoseconds(gentle_stop_limit) : 0ns);
    instances_.erase(worker);
    life_.ended(worker);
    apply();
}

/// Empty when it is ready; else why it ends, for the log.
Task<std::string> Function::start_worker(Worker worker, Instance& instance) {
    auto const started = co_await instance.start();
    if (life_.state(worker) == FunctionLife::WorkerState::killed)
        co_return "Stopped.";
    if (started) {
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
    if (auto const id = life_.call_of(worker))
        if (auto const call = calls_.find(*id); call != calls_.end())
            settle(*call->second, std::unexpected(started.error()));
    life_.failed(worker);
    apply();
    co_return "The worker did not start: " + started.error().detail;
}

Task<std::string> Function::serve_calls(Worker worker, Instance& instance) {
    for (;;) {
        std::string reason;
        if (life_.state(worker) == FunctionLife::WorkerState::busy)
            reason = co_await serve_call(worker, instance);
        else if (!co_await wait_for_order(worker, instance))
            reason = "The worker has ended by itself";
        if (!reason.empty()) {
            life_.failed(worker);
            apply();
            co_return reason;
        }
        switch (life_.state(worker)) {
            case FunctionLife::WorkerState::ending:
                co_return life_.closing()               ? "Stopped."
                : life_.active() == 0 && life_.serves() ? "Idle: stopped until the next event."
                                                        : "Stopped: it is not needed any more.";
            case FunctionLife::WorkerState::killed:
                co_return "Stopped.";
            default:
                break;
        }
    }
}

/// Until there is something to do; false when the process ended by itself.
Task<bool> Function::wait_for_order(Worker worker, Instance& instance) {
    using namespace asio::experimental::awaitable_operators;
    auto idle_at = after(options_.idle_limit);
    while (life_.state(worker) == FunctionLife::WorkerState::ready) {
        nanoseconds const left = idle_at - steady_now();
        if (left <= 0ns) {
            life_.idle(worker);
            apply();
            idle_at = after(options_.idle_limit);
            continue;
        }
        auto const first = co_await (orders_.wait(left) || instance.wait_for_end());
        bool const ended = first.index() == 1;
        if (ended)
            co_return life_.state(worker) != FunctionLife::WorkerState::ready;
    }
    co_return true;
}

/// Empty when the worker can go on; else why not.
Task<std::string> Function::serve_call(Worker worker, Instance& instance) {
    auto const found = calls_.find(life_.call_of(worker).value());
    if (found == calls_.end()) {
        // Its caller is gone.
        life_.answered(worker);
        apply();
        co_return "";
    }
    std::shared_ptr<PendingCall> const call = found->second;
    nanoseconds const limit = call->deadline - steady_now();
    if (limit <= 0ns) {
        settle(*call, failure(ErrorCode::timed_out, "The worker was ready too late."));
        life_.answered(worker);
        apply();
        co_return "";
    }
    call_count_.increment();
    auto outcome = co_await instance.call(call->event, limit);
    bool const usable = outcome.has_value();
    bool const was_stopped = usable && outcome->kind == WorkerFrame::Kind::stopped;
    std::string reason;
    if (was_stopped)
        outcome = failure(
            ErrorCode::timed_out, "The handler took too long, over " + seconds_text(limit) + ".");
    if (!usable && life_.state(worker) == FunctionLife::WorkerState::killed) {
        outcome = failure(ErrorCode::closed, "The function was stopped.");
        reason = "Stopped in the middle of an event.";
    } else if (!usable && outcome.error().code == ErrorCode::timed_out) {
        outcome = failure(
            ErrorCode::timed_out, "The handler took too long, over " + seconds_text(limit) + ".");
        reason = "The handler took longer than " + seconds_text(limit) + " and was killed.";
    } else if (!usable) {
        reason = "The worker failed in the middle of an event: " + outcome.error().detail;
    }
    settle(*call, std::move(outcome));
    if (usable)
        life_.answered(worker);
    else
        life_.failed(worker);
    apply();
    co_return reason;
}

void Function::settle(PendingCall& call, Result<WorkerFrame> outcome) {
    bool const is_ok = outcome && outcome->kind == WorkerFrame::Kind::ok;
    last_call_at_ = system_now();
    last_error_ = is_ok ? "" : outcome ? outcome->error : outcome.error().detail;
    if (!is_ok)
        failure_count_.increment();
    call.outcome = std::move(outcome);
    call.settled.notify();
}

HttpAnswer Function::refusal(FunctionLife::CallState state) const {
    switch (state) {
        case FunctionLife::CallState::closing:
            return problem_answer(503, "stopping", "The function is being stopped.");
        case FunctionLife::CallState::no_worker:
            return problem_answer(
                503, "notReady", problem_.empty() ? "The function is starting." : problem());
        default:
            return busy_answer(life_.workers_max());
    }
}

Task<HttpAnswer> Function::answer_of(Caller& caller) {
    using State = FunctionLife::CallState;
    PendingCall& call = caller.call();
    auto const busy_at = after(busy_limit);
    while (caller.state() == State::waiting) {
        nanoseconds const left = busy_at - steady_now();
        if (left <= 0ns)
            co_return busy_answer(life_.workers_max());
        if (auto const waited = co_await call.settled.wait(left); !waited)
            co_return refusal(State::closing);
    }
    if (caller.state() != State::given)
        co_return refusal(caller.state());
    while (!call.outcome) {
        nanoseconds const left = call.deadline + kill_limit - steady_now();
        if (left <= 0ns)
            co_return problem_answer(504, "handlerFailed", "The handler took too long.");
        if (auto const waited = co_await call.settled.wait(left); !waited)
            co_return refusal(State::closing);
    }
    co_return call_answer(*call.outcome);
}

Task<HttpAnswer> Function::handle(HttpRequest const& request) {
    if (request.method != "POST")
        co_return problem_answer(405, "methodNotAllowed", "Events are posted.");
    auto events = read_events(request.headers, request.body, 1);
    if (!events)
        co_return problem_answer(events.error());
    nanoseconds const timeout = serving_ ? serving_->content.definition.timeout : busy_limit;
    Caller caller(*this, std::move(events->front()));
    caller.call().deadline =
        after(timeout - std::min<nanoseconds>(answer_ahead_most, timeout / 10));
    apply();
    co_return co_await answer_of(caller);
}

void Function::begin_close() {
    life_.close();
    apply();
}

Task<void> Function::wait_until_closed(nanoseconds limit) {
    auto const deadline = after(limit);
    while (!life_.closed() && steady_now() < deadline)
        if (auto const waited = co_await progress_.wait(deadline - steady_now()); !waited)
            co_return;
}

Task<void> Function::close(nanoseconds grace) {
    begin_close();
    co_await wait_until_closed(grace);
    life_.cut();
    apply();
    co_await wait_until_closed(for_ever);
    co_await tasks_.stop();
}

std::string Function::problem() const {
    std::string text = broken_revision_.empty() ? "" : broken_revision_ + " does not load: ";
    text += problem_;
    if (text.ends_with('.'))
        text.pop_back();
    if (!text.empty())
        text += serving_ ? "; " + serving_revision() + " still serves." : ".";
    return text;
}

std::string Function::serving_revision() const {
    return serving_ ? serving_->content.definition.revision : "";
}

Json Function::describe() const {
    std::string const cause = broken_revision_.empty() ? problem_
                                                       : "Revision " + broken_revision_ +
                                                             " cannot be loaded: " + problem_;
    Json json = Json::object();
    json["name"] = options_.name.name;
    json["namespace"] = options_.name.name_space;
    json["state"] = !problem_.empty()                               ? "Error"
                    : life_.trial() == FunctionLife::Trial::running ? "Starting"
                    : !last_error_.empty()                          ? "Failing"
                    : life_.active() > 0                            ? "Running"
                                                                    : "Idle";
    json["cause"] = problem_.empty() ? last_error_ : cause;
    json["problem"] = problem();
    json["revision"] = serving_revision();
    json["latestRevision"] = revisions_.latest();
    json["runtime"] = serving_ ? serving_->content.definition.runtime : "";
    json["calls"] = call_count_.value();
    json["failures"] = failure_count_.value();
    bool const called = last_call_at_ != SystemTime();
    json["lastCallAt"] = called ? Json(format_rfc3339(last_call_at_)) : Json();
    return json;
}

}  // namespace millrace::runner
