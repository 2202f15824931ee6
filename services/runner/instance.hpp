// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "common/net/task_group.hpp"
#include "runner/function_log.hpp"
#include "runner/worker_process.hpp"
#include "runner/worker_protocol.hpp"

namespace millrace::runner {

struct InstanceOptions {
    WorkerCommand command;
    std::string function;  ///< "default/echo", the source of its replies
    std::string revision;
    milliseconds start_limit = 15s;
    milliseconds call_limit = 30s;
};

/// One worker process and the calls it is given, one at a time. A worker that fails its deadline or
/// its protocol is killed with all it started; the next call starts another.
class Instance {
public:
    /// `log` outlives the instance.
    Instance(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log);
    ~Instance();

    /// Starts the worker unless it runs. Errors: `invalid` when the code cannot be loaded (with the
    /// reason), `timed_out`, `unavailable`.
    Task<Result<void>> start();
    /// Handles one event. Errors: those of start, `timed_out` when the handler took too long,
    /// `closed` when the worker died. Pre: not busy.
    Task<Result<WorkerFrame>> call(CloudEvent const& event);

    bool busy() const { return busy_; }
    bool running() const { return worker_ != nullptr; }
    SteadyTime last_used() const { return last_used_; }
    /// Ends the worker, at once if it is busy, else by closing its input.
    Task<void> stop();

private:
    Task<Result<std::string>> read_line(nanoseconds limit);
    Task<Result<WorkerFrame>> exchange(CloudEvent const& event);
    Task<void> read_output(std::string stream);
    Task<void> end(std::string reason);
    void say(std::string text);

    asio::any_io_executor executor_;
    InstanceOptions options_;
    FunctionLog& log_;
    std::unique_ptr<WorkerProcess> worker_;
    std::unique_ptr<TaskGroup> readers_;
    std::string input_;
    std::string event_id_;
    std::uint64_t calls_ = 0;
    bool busy_ = false;
    SteadyTime last_used_;
};

}  // namespace millrace::runner
