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
      output_ended_(executor) {}

void Instance::say(std::string text) {
    log_.append(
        {format_rfc3339(system_now()), "system", std::move(text), options_.revision, event_id_});
}

Task<Result<std::string>> Instance::read_line(nanoseconds limit) {
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    std::array<char, 16'384> buffer{};
    std::size_t searched = 0;
    for (;;) {
        if (auto const newline = input_.find('\n', searched); newline != std::string::npos) {
            std::string line = input_.substr(0, newline);
            input_.erase(0, newline + 1);
            co_return line;
        }
        searched = input_.size();
        if (input_.size() > frame_bytes_max)
            co_return failure(ErrorCode::too_large, "The worker's answer is over 8 MiB.");
        nanoseconds const left = deadline - steady_now();
        if (left <= 0ns)
            co_return failure(ErrorCode::timed_out, "No answer in time.");
        auto const got =
            co_await with_timeout(read_some(worker_->answers, asio::buffer(buffer)), left);
        if (!got)
            co_return std::unexpected(got.error());
        input_.append(buffer.data(), *got);
    }
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
        std::string const now = format_rfc3339(system_now());
        for (std::string& line : std::exchange(lines, {}))
            log_.append_output(
                {now, output.name, options_.mask.apply(std::move(line)), options_.revision,
                 event_id_});
        // One that prints without end must not keep the thread: what is left wakes us again.
        if (got < static_cast<ssize_t>(buffer.size()))
            break;
    }
}

/// The next frame that is no line of the log; those go there.
Task<Result<WorkerFrame>> Instance::read_frame(SteadyTime deadline) {
    for (;;) {
        auto const line = co_await read_line(deadline - steady_now());
        if (!line)
            co_return std::unexpected(line.error());
        auto frame = decode_frame(*line, options_.function);
        if (!frame)
            co_return frame;
        if (frame->kind != WorkerFrame::Kind::log) {
            frame->error = options_.mask.apply(std::move(frame->error));
            co_return frame;
        }
        log_.append_output(
            {format_rfc3339(system_now()), frame->is_error_output ? "stderr" : "stdout",
             options_.mask.apply(std::move(frame->text)), options_.revision,
             frame->id == calls_ ? event_id_ : ""});
    }
}

/// What is still said, until the worker says no more.
Task<void> Instance::read_last_lines(SteadyTime deadline) {
    while (steady_now() < deadline)
        if (auto const frame = co_await read_frame(deadline); !frame)
            co_return;
}

Task<void> Instance::follow(Output& output) {
    asio::posix::stream_descriptor& from = (*worker_).*output.from;
    while (output.open) {
        auto const [code] =
            co_await from.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (code)
            co_return;
        drain(output);
    }
    output_ended_.notify();
}

Task<Result<void>> Instance::start() {
    auto started = WorkerProcess::start(executor_, options_.command);
    if (!started)
        co_return std::unexpected(started.error());
    worker_.emplace(std::move(*started));
    for (Output& output : outputs_) {
        ((*worker_).*output.from).native_non_blocking(true);
        readers_.spawn(std::string("worker ") + output.name, follow(output));
    }
    auto const frame = co_await read_frame(steady_now() + options_.start_limit);
    if (frame && frame->kind == WorkerFrame::Kind::ready) {
        stops_handlers_ = frame->stops;
        co_return Result<void>();
    }
    if (!frame && frame.error().code == ErrorCode::timed_out)
        co_return failure(
            ErrorCode::timed_out, "Its code was not loaded within " +
                                      std::to_string(options_.start_limit.count()) + " s.");
    co_return failure(
        frame ? ErrorCode::invalid : frame.error().code,
        frame ? frame->error : frame.error().detail);
}

Task<Result<WorkerFrame>> Instance::call(CloudEvent const& event, nanoseconds limit) {
    event_id_ = event.id;
    std::uint64_t const id = ++calls_;
    std::string const request = encode_request(
        id, event, stops_handlers_ ? std::optional<nanoseconds>(limit) : std::nullopt);
    auto const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(
                           limit + (stops_handlers_ ? stop_limit(limit) : nanoseconds(0)));
    auto const sent = co_await with_timeout(write_all(worker_->requests, request), limit);
    auto frame =
        sent ? co_await read_frame(deadline) : Result<WorkerFrame>(std::unexpected(sent.error()));
    if (frame && frame->id != id)
        frame = failure(ErrorCode::invalid, "The worker answered another call.");
    if (!frame)
        co_return frame;
    for (Output& output : outputs_)
        drain(output);
    log_.call_ended(event_id_);
    if (frame->kind == WorkerFrame::Kind::error)
        say("Failed: " + frame->error);
    if (frame->kind == WorkerFrame::Kind::stopped)
        say("Stopped: the handler took longer than it may; the next event is handled.");
    if (frame->kind == WorkerFrame::Kind::retry)
        say("Asked for a retry: " + frame->error);
    event_id_.clear();
    co_return frame;
}

Task<void> Instance::wait_for_end() {
    if (worker_)
        co_await worker_->child.wait();
}

void Instance::kill() const {
    if (worker_)
        worker_->child.kill_tree();
}

Task<void> Instance::stop(std::string reason, nanoseconds patience) {
    if (!worker_)
        co_return;
    boost::system::error_code ignored;
    worker_->requests.close(ignored);
    if (patience > 0ns) {
        auto const patient_until =
            steady_now() + std::chrono::duration_cast<SteadyTime::duration>(patience);
        co_await read_last_lines(patient_until);
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
    auto const deadline = steady_now() + output_limit;
    co_await read_last_lines(deadline);
    auto const is_open = [this] { return std::ranges::any_of(outputs_, &Output::open); };
    while (is_open() && steady_now() < deadline)
        if (auto const waited = co_await output_ended_.wait(deadline - steady_now()); !waited)
            break;
    co_await readers_.stop();
    log_.call_ended(event_id_);
    say(std::move(reason));
    event_id_.clear();
    worker_.reset();
}

}  // namespace millrace::runner
