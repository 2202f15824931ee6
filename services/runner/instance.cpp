// SPDX-License-Identifier: Apache-2.0
#include "runner/instance.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace millrace::runner {
namespace {

constexpr milliseconds stop_limit = 2s;
/// How long output may still come after a worker has ended.
constexpr milliseconds output_limit = 200ms;

Task<Result<std::size_t>> read_some(asio::posix::stream_descriptor& from, asio::mutable_buffer to) {
    auto const [code, count] = co_await from.async_read_some(to, as_result);
    if (code)
        co_return std::unexpected(to_error(code, "The worker has ended"));
    co_return count;
}

Task<Result<int>> wait_for(WorkerProcess& worker) {
    co_return co_await worker.wait();
}

Task<Result<void>> write_all(asio::posix::stream_descriptor& to, std::string const& text) {
    auto const [code, count] = co_await asio::async_write(to, asio::buffer(text), as_result);
    if (code)
        co_return std::unexpected(to_error(code, "The worker has ended"));
    co_return Result<void>();
}

}  // namespace

Instance::Instance(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      log_(log) {}

Instance::~Instance() = default;

void Instance::say(std::string text) {
    log_.append(
        {format_rfc3339(system_now()), "system", std::move(text), options_.revision, event_id_});
}

Task<Result<std::string>> Instance::read_line(nanoseconds limit) {
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    char buffer[16'384];
    for (;;) {
        if (auto const newline = input_.find('\n'); newline != std::string::npos) {
            std::string line = input_.substr(0, newline);
            input_.erase(0, newline + 1);
            co_return line;
        }
        if (input_.size() > frame_bytes_max)
            co_return failure(ErrorCode::too_large, "The worker's answer is over 8 MiB.");
        nanoseconds const left = deadline - steady_now();
        if (left <= 0ns)
            co_return failure(ErrorCode::timed_out, "No answer in time.");
        auto const got =
            co_await with_timeout(read_some(worker_->answers, asio::buffer(buffer)), left);
        if (!got)
            co_return std::unexpected(got.error());
        input_.append(buffer, *got);
    }
}

Task<void> Instance::read_output(std::string stream) {
    auto& from = stream == "stdout" ? worker_->output : worker_->errors;
    LineSplitter splitter;
    char buffer[16'384];
    for (;;) {
        auto const got = co_await read_some(from, asio::buffer(buffer));
        auto lines = splitter.take({buffer, got.value_or(0)}, steady_now());
        if (!got)
            if (std::string rest = splitter.rest(); !rest.empty())
                lines.push_back(std::move(rest));
        std::string const now = format_rfc3339(system_now());
        for (std::string& line : lines)
            log_.append({now, stream, std::move(line), options_.revision, event_id_});
        if (std::size_t const dropped = splitter.take_dropped(); dropped > 0)
            say(std::to_string(dropped) + " lines of " + stream +
                " were left out: more than 500 a second.");
        if (!got)
            co_return;
    }
}

Task<Result<void>> Instance::start() {
    if (worker_)
        co_return Result<void>();
    auto started = WorkerProcess::start(executor_, options_.command);
    if (!started)
        co_return std::unexpected(started.error());
    worker_ = std::make_unique<WorkerProcess>(std::move(*started));
    readers_ = std::make_unique<TaskGroup>(executor_);
    readers_->spawn("worker stdout", read_output("stdout"));
    readers_->spawn("worker stderr", read_output("stderr"));
    input_.clear();
    last_used_ = steady_now();
    auto const line = co_await read_line(options_.start_limit);
    auto const frame = line ? decode_frame(*line, options_.function)
                            : Result<WorkerFrame>(std::unexpected(line.error()));
    if (frame && frame->kind == WorkerFrame::Kind::ready)
        co_return Result<void>();
    std::string const reason = frame ? frame->error : frame.error().detail;
    ErrorCode const code = frame ? ErrorCode::invalid : frame.error().code;
    co_await end("The worker did not start: " + reason);
    co_return failure(code, reason);
}

Task<Result<WorkerFrame>> Instance::exchange(CloudEvent const& event) {
    if (auto const started = co_await start(); !started)
        co_return std::unexpected(started.error());
    std::uint64_t const id = ++calls_;
    std::string const request = encode_request(id, event);
    auto const deadline = steady_now() + options_.call_limit;
    auto const sent =
        co_await with_timeout(write_all(worker_->requests, request), options_.call_limit);
    auto const line = sent ? co_await read_line(deadline - steady_now())
                           : Result<std::string>(std::unexpected(sent.error()));
    if (!line)
        co_return std::unexpected(line.error());
    auto frame = decode_frame(*line, options_.function);
    if (frame && frame->id != id)
        co_return failure(ErrorCode::invalid, "The worker answered another call.");
    co_return frame;
}

Task<Result<WorkerFrame>> Instance::call(CloudEvent const& event) {
    busy_ = true;
    event_id_ = event.id;
    auto frame = co_await exchange(event);
    if (!frame && worker_) {
        bool const late = frame.error().code == ErrorCode::timed_out;
        co_await end(
            late ? "The handler took longer than " + std::to_string(options_.call_limit.count()) +
                       " ms and was killed."
                 : "The worker failed: " + frame.error().detail);
        if (late)
            frame = failure(ErrorCode::timed_out, "The handler took too long.");
    }
    if (frame && frame->kind == WorkerFrame::Kind::error)
        say("Failed: " + frame->error);
    if (frame && frame->kind == WorkerFrame::Kind::retry)
        say("Asked for a retry: " + frame->error);
    event_id_.clear();
    last_used_ = steady_now();
    busy_ = false;
    co_return frame;
}

/// Kills the worker and waits until it is gone and its last output is logged.
Task<void> Instance::end(std::string reason) {
    worker_->kill();
    int const status = co_await worker_->wait();
    kill_orphans();
    say(reason + " (" + describe_wait_status(status) + ")");
    auto const deadline = steady_now() + output_limit;
    while (readers_->size() > 0 && steady_now() < deadline)
        if (auto const slept = co_await sleep_for(5ms); !slept)
            break;
    co_await readers_->stop();
    worker_.reset();
}

Task<void> Instance::stop() {
    if (!worker_)
        co_return;
    if (!busy_) {
        // The end of its input is the worker's sign to go.
        boost::system::error_code ignored;
        worker_->requests.close(ignored);
        co_await with_timeout(wait_for(*worker_), stop_limit);
    }
    if (worker_)
        co_await end("Stopped.");
}

}  // namespace millrace::runner
