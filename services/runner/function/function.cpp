// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/event/http_binding.hpp"
#include "runner/function/call_answer.hpp"

namespace millrace::runner {
namespace {

/// Longer than a quick handler's queue needs, much shorter than anybody's patience.
constexpr milliseconds busy_limit = 1s;
/// How much earlier than its deadline a call is answered, so that the reason is heard.
constexpr nanoseconds answer_ahead_most = 1s;
/// What a caller waits beyond that for a worker that is being killed.
constexpr milliseconds kill_limit = 500ms;
constexpr nanoseconds for_ever = std::chrono::hours(24);

SteadyTime after(nanoseconds span) {
    return steady_now() + std::chrono::duration_cast<SteadyTime::duration>(span);
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
    start_calls();
    for (auto const& [worker, running] : workers_) {
        auto const state = life_.state(worker);
        bool const is_killed = state == FunctionLife::WorkerState::killed;
        running->is_cut |= is_killed && !running->instance.problem();
        if (is_killed)
            running->instance.kill();
        if (is_killed || state == FunctionLife::WorkerState::ending)
            running->ordered.notify();
    }
    for (auto const& [id, call] : calls_) {
        if (call->told || life_.state(id) == FunctionLife::CallState::waiting)
            continue;
        call->told = true;
        call->settled.notify();
    }
    progress_.notify();
    changed_.notify();
}

void Function::start_workers() {
    while (auto const worker = life_.take_start()) {
        bool const is_trial = trial_worker_ == *worker;
        auto const& revision = is_trial ? on_trial_ : serving_;
        workers_[*worker] =
            std::make_unique<RunningWorker>(executor_, instance_options(*revision), log_);
        tasks_.spawn("worker of " + options_.name.text(), run_worker(*worker, revision));
    }
}

void Function::start_calls() {
    while (auto const order = life_.take_order())
        workers_.at(order->worker)
            ->calls.spawn(
                "call of " + options_.name.text(), serve_call(order->worker, order->call));
}

Task<void> Function::deploy(RevisionContent content) {
    if (life_.closing())
        co_return;
    std::string const name = content.definition.revision;
    FunctionLife::Scale const scale{
        .workers_min = content.definition.instances_min,
        .workers_max = content.definition.instances_max,
        .calls_per_worker = content.definition.concurrency};
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
