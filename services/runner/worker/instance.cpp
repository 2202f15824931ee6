// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/instance.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <cerrno>

namespace millrace::runner {
namespace {

/// How long output may still come after a worker has ended.
constexpr milliseconds output_limit = 200ms;

/// How long a worker that stops its handler at its limit may take for it: a twentieth, so that the
/// caller still hears the reason in time.
nanoseconds stop_limit(nanoseconds limit) {
    return std::clamp<nanoseconds>(limit / 20, 50ms, 400ms);
}

std::string seconds_text(nanoseconds span) {
    auto const tenths = std::chrono::round<std::chrono::duration<int, std::deci>>(span).count();
    return std::to_string(tenths / 10) +
           (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " s";
}

std::string too_long(nanoseconds limit) {
    return "The handler took too long, over " + seconds_text(limit) + ".";
}

std::unexpected<Error> not_given() {
    return failure(ErrorCode::canceled, "The worker ended before it was given the event.");
}

Task<Result<std::size_t>> read_some(asio::posix::stream_descriptor& from, asio::mutable_buffer to) {
    auto const [code, count] = co_await from.async_read_some(to, as_result);
    if (code == asio::error::eof)
        co_return failure(ErrorCode::closed, "The worker has ended.");
    if (code)
        co_return std::unexpected(to_error(code, "The worker has ended"));
    co_return count;
}

Task<Result<int>> wait_for(ChildProcess& child) {
    co_return co_await child.wait();
}

Task<Result<void>> write_all(asio::posix::stream_descriptor& to, std::string const& text) {
    auto const [code, count] = co_await asio::async_write(to, asio::buffer(text), as_result);
    if (code == asio::error::broken_pipe)
        co_return failure(ErrorCode::closed, "The worker has ended.");
    if (code)
        co_return std::unexpected(to_error(code, "The worker has ended"));
    co_return Result<void>();
}

}  // namespace

Instance::Instance(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log)
    : executor_(executor),
      options_(std::move(options)),
      log_(log),
      outputs_{
          {{.name = "stdout", .from = &WorkerProcess::output, .splitter = {}},
           {.name = "stderr", .from = &WorkerProcess::errors, .splitter = {}}}},
      readers_(executor),
      heard_(executor),
      changed_(executor),
      sent_(executor),
      returned_(executor) {}

void Instance::say(std::string text, std::string event_id) {
    log_.append(
        {format_rfc3339(system_now()), "system", std::move(text), options_.revision,
         std::move(event_id)});
}

/// Takes what has been printed so far: what a call printed belongs to that call, so it is taken
/// before the next begins.
void Instance::drain(Output& output) {
    std::array<char, 16'384> buffer{};
    std::vector<std::string> lines;
    while (output.open) {
        int const from = ((*worker_).*output.from).native_handle();
        ssize_t const got = ::read(from, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            break;
        if (got > 0) {
            lines = output.splitter.take({buffer.data(), static_cast<std::size_t>(got)});
        } else {
            output.open = false;
            if (std::string rest = output.splitter.rest(); !rest.empty())
                lines.push_back(std::move(rest));
        }
        // Who of several has printed it nobody can tell.
        std::string const event_id = calls_.size() == 1 ? calls_.begin()->second.event_id : "";
        std::string const now = format_rfc3339(system_now());
        for (std::string& line : std::exchange(lines, {}))
            log_.append_output(
                {now, output.name, options_.mask.apply(std::move(line)), options_.revision,
                 event_id});
        // One that prints without end must not keep the thread: what is left wakes us again.
        if (got < static_cast<ssize_t>(buffer.size()))
            break;
    }
}

Task<void> Instance::follow_output(Output& output) {
    asio::posix::stream_descriptor& from = (*worker_).*output.from;
    while (output.open) {
        auto const [code] =
            co_await from.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (code)
            co_return;
        drain(output);
    }
    heard_.notify();
}

Task<void> Instance::follow_answers() {
    Error end = co_await read_frames();
    is_answering_ = false;
    fail(std::move(end));
    fail_calls();
    heard_.notify();
}

/// Until the worker ends or breaks the protocol: which of them.
Task<Error> Instance::read_frames() {
    std::array<char, 16'384> buffer{};
    std::size_t searched = 0;
    for (;;) {
        if (auto const newline = input_.find('\n', searched); newline != std::string::npos) {
            auto taken = take_frame(std::string_view(input_).substr(0, newline));
            if (!taken)
                co_return std::move(taken.error());
            input_.erase(0, newline + 1);
            searched = 0;
            continue;
        }
        searched = input_.size();
        if (input_.size() > frame_bytes_max)
            co_return Error(ErrorCode::too_large, "The worker's answer is over 8 MiB.");
        auto got = co_await read_some(worker_->answers, asio::buffer(buffer));
        if (!got)
            co_return std::move(got.error());
        input_.append(buffer.data(), *got);
    }
}

Result<void> Instance::take_frame(std::string_view line) {
    auto frame = decode_frame(line, options_.function);
    if (!frame)
        return std::unexpected(frame.error());
    bool const is_greeting =
        frame->kind == WorkerFrame::Kind::ready || frame->kind == WorkerFrame::Kind::not_ready;
    auto const call = is_greeting ? calls_.end() : calls_.find(frame->id);
    if (frame->kind == WorkerFrame::Kind::log) {
        log_.append_output(
            {format_rfc3339(system_now()), frame->is_error_output ? "stderr" : "stdout",
             options_.mask.apply(std::move(frame->text)), options_.revision,
             call == calls_.end() ? "" : call->second.event_id});
        return {};
    }
    frame->error = options_.mask.apply(std::move(frame->error));
    if (is_greeting && !greeting_) {
        greeting_ = std::move(*frame);
        changed_.notify();
        return {};
    }
    if (call == calls_.end())
        return failure(
            ErrorCode::invalid,
            "The worker answered " + std::to_string(frame->id) + ", which is no call that it has.");
    take_answer(call->second, std::move(*frame));
    return {};
}

void Instance::take_answer(Call& call, WorkerFrame frame) {
    // Its caller has been told that it took too long.
    if (call.outcome)
        return;
    for (Output& output : outputs_)
        drain(output);
    log_.call_ended(call.event_id);
    if (frame.kind == WorkerFrame::Kind::error)
        say("Failed: " + frame.error, call.event_id);
    if (frame.kind == WorkerFrame::Kind::stopped) {
        say("Stopped: the handler took longer than it may; the next event is handled.",
            call.event_id);
        frame.error = too_long(call.limit);
    }
    if (frame.kind == WorkerFrame::Kind::retry)
        say("Asked for a retry: " + frame.error, call.event_id);
    call.outcome = std::move(frame);
    call.answered.notify();
}

/// What a handler has started may keep the answers open when the worker itself is gone.
Task<void> Instance::follow_process() {
    co_await worker_->child.wait();
    auto const deadline = steady_now() + output_limit;
    while (is_answering_ && steady_now() < deadline)
        if (auto const waited = co_await heard_.wait_until(deadline); !waited)
            co_return;
    fail({ErrorCode::closed, "The worker has ended."});
    fail_calls();
}

void Instance::fail(Error error) {
    if (problem_)
        return;
    problem_ = std::move(error);
    changed_.notify();
}

/// What a call hears that the failure has taken with it.
Error Instance::error_of(Call const& call) const {
    if (problem_->code != ErrorCode::timed_out)
        return *problem_;
    if (steady_now() >= call.begun + call.limit)
        return {ErrorCode::timed_out, too_long(call.limit)};
    return {
        ErrorCode::canceled, "Event " + calls_.at(hanging_call_).event_id +
                                 " in the same worker could not be stopped at its limit, and the "
                                 "worker was killed."};
}

/// Nothing more is heard: whoever has no answer yet gets none.
void Instance::fail_calls() {
    for (auto& [id, call] : calls_)
        if (!call.outcome) {
            call.outcome = std::unexpected(error_of(call));
            call.answered.notify();
        }
}

Task<Result<void>> Instance::start() {
    auto started = WorkerProcess::start(executor_, options_.command);
    if (!started)
        co_return std::unexpected(started.error());
    worker_.emplace(std::move(*started));
    for (Output& output : outputs_) {
        ((*worker_).*output.from).native_non_blocking(true);
        readers_.spawn(std::string("worker ") + output.name, follow_output(output));
    }
    is_answering_ = true;
    readers_.spawn("worker answers", follow_answers());
    readers_.spawn("worker process", follow_process());
    auto const deadline = steady_now() + options_.start_limit;
    while (!greeting_ && !problem_ && steady_now() < deadline)
        if (auto const waited = co_await changed_.wait_until(deadline); !waited)
            co_return std::unexpected(waited.error());
    if (!greeting_ && problem_)
        co_return std::unexpected(*problem_);
    if (!greeting_)
        co_return failure(
            ErrorCode::timed_out, "Its code was not loaded within " +
                                      std::to_string(options_.start_limit.count()) + " s.");
    if (greeting_->kind != WorkerFrame::Kind::ready)
        co_return failure(ErrorCode::invalid, greeting_->error);
    if (greeting_->lanes < options_.lanes)
        co_return failure(
            ErrorCode::invalid, "It handles fewer events at once than it is asked to: " +
                                    std::to_string(greeting_->lanes) + ", not " +
                                    std::to_string(options_.lanes) + ".");
    co_return Result<void>();
}

/// One request after the other: a line is whole.
Task<Result<void>> Instance::send(std::string const& request, SteadyTime deadline) {
    while (is_sending_ && steady_now() < deadline)
        if (auto const waited = co_await sent_.wait_until(deadline); !waited)
            co_return waited;
    if (is_sending_)
        co_return failure(ErrorCode::timed_out, "No answer in time.");
    is_sending_ = true;
    auto sent =
        co_await with_timeout(write_all(worker_->requests, request), deadline - steady_now());
    is_sending_ = false;
    sent_.notify();
    co_return sent;
}

/// The call has an outcome then.
Task<void> Instance::wait_for_answer(
    std::uint64_t id, std::string const& request, SteadyTime deadline) {
    Call& call = calls_.at(id);
    auto heard = co_await send(request, call.begun + call.limit);
    while (heard && !call.outcome && steady_now() < deadline)
        heard = co_await call.answered.wait_until(deadline);
    if (call.outcome)
        co_return;
    bool const is_late = heard || heard.error().code == ErrorCode::timed_out;
    if (is_late && !problem_) {
        // The others have until the process is gone: their answers may be on the way.
        hanging_call_ = id;
        worker_->child.kill_tree();
    }
    fail(
        is_late ? Error(
                      ErrorCode::timed_out, "The handler took longer than " +
                                                seconds_text(call.limit) + " and was killed.")
                : heard.error());
    bool const was_given = heard || heard.error().code != ErrorCode::closed;
    call.outcome = was_given ? std::unexpected(error_of(call)) : not_given();
}

Task<Result<WorkerFrame>> Instance::call(CloudEvent const& event, nanoseconds limit) {
    if (problem_)
        co_return not_given();
    // What is not read yet belongs to those before.
    for (Output& output : outputs_)
        if (!calls_.empty())
            drain(output);
    std::uint64_t const id = ++last_call_;
    Call& call = calls_
                     .try_emplace(
                         id,
                         Call{
                             .event_id = event.id,
                             .begun = steady_now(),
                             .limit = limit,
                             .answered = AsyncSignal(executor_),
                             .outcome = {}})
                     .first->second;
    bool const stops = greeting_->stops;
    std::string const request =
        encode_request(id, event, stops ? std::optional<nanoseconds>(limit) : std::nullopt);
    co_await wait_for_answer(id, request, call.begun + limit + (stops ? stop_limit(limit) : 0ns));
    auto outcome = std::move(*call.outcome);
    if (outcome) {
        calls_.erase(id);
    } else {
        say_failed(id, outcome.error());
        call.returned = true;
    }
    returned_.notify();
    co_return outcome;
}

/// Whoever stops the worker tells why it fails, and which event that is about if it is one.
void Instance::say_failed(std::uint64_t id, Error const& error) {
    if (calls_.size() == 1 || id == hanging_call_)
        return;
    bool const is_innocent = error.code == ErrorCode::canceled;
    say((is_innocent ? "To be delivered again: " : "Failed: ") + error.detail,
        calls_.at(id).event_id);
}

Task<void> Instance::wait_for_failure() {
    while (!problem_)
        if (auto const waited = co_await changed_.wait(); !waited)
            co_return;
}

void Instance::kill() {
    fail({ErrorCode::closed, "The function was stopped."});
    if (worker_)
        worker_->child.kill_tree();
}

bool Instance::is_heard_out() const {
    return !is_answering_ && std::ranges::none_of(outputs_, &Output::open);
}

Task<void> Instance::hear_out(SteadyTime deadline) {
    while (!is_heard_out() && steady_now() < deadline)
        if (auto const waited = co_await heard_.wait_until(deadline); !waited)
            co_return;
}

/// Which event the end of the worker is about; empty: none alone.
std::string Instance::event_of_end() const {
    if (auto const hanging = calls_.find(hanging_call_); hanging != calls_.end())
        return hanging->second.event_id;
    return calls_.size() == 1 ? calls_.begin()->second.event_id : "";
}

Task<void> Instance::stop(std::string reason, nanoseconds patience) {
    if (!worker_)
        co_return;
    boost::system::error_code ignored;
    worker_->requests.close(ignored);
    if (patience > 0ns) {
        auto const patient_until =
            steady_now() + std::chrono::duration_cast<SteadyTime::duration>(patience);
        co_await with_timeout(
            wait_for(worker_->child), std::max<nanoseconds>(patient_until - steady_now(), 0ns));
    }
    worker_->child.kill_tree();
    int const status = co_await worker_->child.wait();
    // By our signal it did not end by itself; how it ended is worth to know if it did.
    bool const by_itself = !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
    if (patience == 0ns && by_itself)
        reason += " (" + describe_wait_status(status) + ")";
    kill_orphans();
    co_await hear_out(steady_now() + output_limit);
    co_await readers_.stop();
    fail({ErrorCode::closed, "The worker has ended."});
    fail_calls();
    while (!std::ranges::all_of(calls_, [](auto const& one) { return one.second.returned; }))
        if (auto const waited = co_await returned_.wait(); !waited)
            break;
    log_.call_ended("");
    for (auto const& [id, call] : calls_)
        log_.call_ended(call.event_id);
    say(std::move(reason), event_of_end());
    calls_.clear();
    worker_.reset();
}

}  // namespace millrace::runner
