// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
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
    std::size_t lanes = 1;  ///< calls that it has to handle at once
    SecretMask mask;        ///< of what its log and its errors show
};

/// One worker process and its protocol: start(), then calls, as many at once as it has lanes, and
/// stop() in the end, also after an error. One task starts and stops it, each call may have its
/// own. One thread.
class Instance {
public:
    /// `log` outlives the instance.
    Instance(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log);

    /// Errors: `invalid` when the code cannot be loaded (with the reason) or it has too few lanes,
    /// `timed_out`, `unavailable`, `closed` when it ended.
    Task<Result<void>> start();
    /// Handles one event. A worker that stops handlers itself has a little longer than `limit` to
    /// say so (Kind::stopped). The worker is of no use after an error, which all calls under way
    /// get: `closed` when it ended, `invalid` and `too_large` when it broke the protocol. One that
    /// takes longer gets `timed_out` and costs the process; others that were within their limits,
    /// and who comes too late to be given to it, get `canceled`: it was not their fault.
    Task<Result<WorkerFrame>> call(CloudEvent const& event, nanoseconds limit);
    /// Returns when it is of no use any more.
    Task<void> wait_for_failure();
    /// Why it is of no use any more; nothing: it is.
    std::optional<Error> const& problem() const { return problem_; }
    /// Calls under way; after a failure, those that it has taken with it.
    std::size_t calls() const { return calls_.size(); }
    /// Whatever it is doing ends with `closed`. Safe at any time.
    void kill();
    /// Ends it, gently if `patience` is not 0: the end of its input is its sign to go. Returns when
    /// the process is gone, its last output is logged and no call is under way. `reason`: why, for
    /// the log.
    Task<void> stop(std::string reason, nanoseconds patience);

private:
    struct Output {
        char const* name;
        asio::posix::stream_descriptor WorkerProcess::* from;
        LineSplitter splitter;
        bool open = true;
    };
    struct Call {
        std::string event_id;
        SteadyTime begun;
        nanoseconds limit{0};
        AsyncSignal answered;
        std::optional<Result<WorkerFrame>> outcome;
        bool returned = false;  ///< its caller has the outcome, which is an error
    };
    Task<void> follow_output(Output& output);
    void drain(Output& output);
    Task<void> follow_answers();
    Task<Error> read_frames();
    Result<void> take_frame(std::string_view line);
    void take_answer(Call& call, WorkerFrame frame);
    Task<void> follow_process();
    Task<Result<void>> send(std::string const& request, SteadyTime deadline);
    Task<void> wait_for_answer(std::uint64_t id, std::string const& request, SteadyTime deadline);
    void fail(Error error);
    Error error_of(Call const& call) const;
    void fail_calls();
    bool is_heard_out() const;
    Task<void> hear_out(SteadyTime deadline);
    std::string event_of_end() const;
    void say(std::string text, std::string event_id);
    void say_failed(std::uint64_t id, Error const& error);

    asio::any_io_executor executor_;
    InstanceOptions options_;
    FunctionLog& log_;
    std::optional<WorkerProcess> worker_;
    std::array<Output, 2> outputs_;
    TaskGroup readers_;
    AsyncSignal heard_;    ///< the end of an output or of the answers
    AsyncSignal changed_;  ///< it has greeted or failed
    AsyncSignal sent_;
    AsyncSignal returned_;
    std::string input_;
    std::optional<WorkerFrame> greeting_;
    std::optional<Error> problem_;
    std::map<std::uint64_t, Call> calls_;  ///< those of a failure stay, for what is still said
    std::uint64_t last_call_ = 0;
    std::uint64_t hanging_call_ = 0;  ///< that it was killed for; 0: none
    bool is_answering_ = false;
    bool is_sending_ = false;
};

}  // namespace millrace::runner
