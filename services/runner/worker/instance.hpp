// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "common/base/line_splitter.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"
#include "runner/worker/function_log.hpp"
#include "runner/worker/secret_mask.hpp"
#include "runner/worker/worker_process.hpp"
#include "runner/worker/worker_protocol.hpp"

namespace millrace::runner {

struct InstanceOptions {
    WorkerCommand command;
    std::string function;  ///< "/functions/default/echo", the source of its replies
    std::string revision;
    seconds start_limit = 15s;
    SecretMask mask;  ///< of what its log and its errors show
};

/// One worker process and its protocol. One task drives it: start(), then call() as often as it
/// likes, and stop() in the end, also after an error. Only kill() may come from elsewhere.
class Instance {
public:
    /// `log` outlives the instance.
    Instance(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log);

    /// Errors: `invalid` when the code cannot be loaded (with the reason), `timed_out`,
    /// `unavailable`, `closed` when it ended.
    Task<Result<void>> start();
    /// Handles one event. A worker that stops handlers itself has a little longer than `limit` to
    /// say so (Kind::stopped). Errors: `timed_out` when it took longer, `closed` when the worker
    /// ended, `invalid` and `too_large` when it broke the protocol; it is of no use then.
    Task<Result<WorkerFrame>> call(CloudEvent const& event, nanoseconds limit);
    /// Returns when the process has ended.
    Task<void> wait_for_end();
    /// Whatever it is doing ends with an error. Safe at any time.
    void kill() const;
    /// Ends it, gently if `patience` is not 0: the end of its input is its sign to go. Returns when
    /// the process is gone and its last output is logged. `reason`: why, for the log.
    Task<void> stop(std::string reason, nanoseconds patience);

private:
    struct Output {
        char const* name;
        asio::posix::stream_descriptor WorkerProcess::* from;
        LineSplitter splitter;
        bool open = true;
    };
    Task<Result<std::string>> read_line(nanoseconds limit);
    Task<Result<WorkerFrame>> read_frame(SteadyTime deadline);
    Task<void> read_last_lines(SteadyTime deadline);
    Task<void> follow(Output& output);
    void drain(Output& output);
    void say(std::string text);

    asio::any_io_executor executor_;
    InstanceOptions options_;
    FunctionLog& log_;
    std::optional<WorkerProcess> worker_;
    std::array<Output, 2> outputs_;
    TaskGroup readers_;
    AsyncSignal output_ended_;
    std::string input_;
    std::string event_id_;
    std::uint64_t calls_ = 0;
    bool stops_handlers_ = false;
};

}  // namespace millrace::runner
