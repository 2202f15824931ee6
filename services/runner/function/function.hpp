// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/telemetry.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/http_server.hpp"
#include "common/net/task_group.hpp"
#include "runner/function/function_life.hpp"
#include "runner/function/revision_content.hpp"
#include "runner/function/revision_history.hpp"
#include "runner/powershell/powershell_runtime.hpp"
#include "runner/worker/function_log.hpp"
#include "runner/worker/instance.hpp"
#include "runner/worker/isolation.hpp"

namespace millrace::runner {

struct FunctionOptions {
    ResourceName name;
    std::filesystem::path folder;          ///< keeps its log, its revisions and its temporary files
    std::filesystem::path runtimes;        ///< has a folder a runtime with its worker
    nanoseconds idle_limit = 60s;          ///< a worker without a call for so long ends
    Isolation const* isolation = nullptr;  ///< outlives the function; absent: workers see all files
    PowerShellRuntime const* powershell =
        nullptr;                    ///< outlives the function; absent: there is none
    std::FILE* log_copy = nullptr;  ///< FunctionLog's copy
};

/// One function: performs what FunctionLife decides. The revision that serves, the one on trial,
/// its workers, its calls and its log. One thread. close() must have returned before destruction.
class Function {
public:
    /// `telemetry` and `changed` outlive the function; `changed` is notified whenever what
    /// describe() says may have changed.
    Function(
        asio::any_io_executor executor, FunctionOptions options, Telemetry& telemetry,
        AsyncSignal& changed);

    /// Tries the revision and lets it serve if it loads; else problem() says why not, and the one
    /// before goes on serving. Pre: no other deploy() is under way.
    Task<void> deploy(RevisionContent content);
    /// The definition cannot be used; an older revision goes on. Empty: it can be used again.
    void set_problem(std::string problem);

    /// POST of a CloudEvent. All workers busy for a second, or too many that wait: 503 with
    /// Retry-After. The answer comes a little before the function's deadline (timeoutSeconds,
    /// from the request's arrival), so that it is heard of whoever waits just as long.
    Task<HttpAnswer> handle(HttpRequest const& request);

    /// From now on calls are refused and nothing is started; deploy() returns soon.
    void begin_close();
    /// Ends all workers: calls under way have `grace`. Returns when no worker and no caller is
    /// left.
    Task<void> close(nanoseconds grace);

    FunctionLog& log() { return log_; }
    RevisionHistory const& revisions() const { return revisions_; }
    /// {"name","namespace","state","cause","problem","revision",...}: as the console shows it.
    Json describe() const;
    bool ready() const { return serving_ != nullptr; }
    /// Why the latest revision or definition cannot be used, and what serves instead.
    std::string problem() const;
    std::string serving_revision() const;

private:
    using Worker = FunctionLife::Worker;
    using Call = FunctionLife::Call;

    struct Revision {
        RevisionContent content;
        std::optional<FileSandbox> sandbox;
    };
    struct PendingCall {
        CloudEvent event;
        SteadyTime deadline;
        std::optional<Result<WorkerFrame>> outcome;
        AsyncSignal settled;
        bool told = false;
    };
    /// A call as long as its caller is there.
    class Caller;
    /// One process, and a task for each call that it has.
    struct RunningWorker {
        RunningWorker(asio::any_io_executor executor, InstanceOptions options, FunctionLog& log)
            : instance(executor, std::move(options), log),
              calls(executor),
              ordered(executor) {}

        Instance instance;
        TaskGroup calls;
        AsyncSignal ordered;  ///< to end
        bool is_cut = false;  ///< killed though it was of use
        SteadyTime idle_since = steady_now();
    };

    void apply();
    void start_workers();
    void start_calls();
    std::vector<std::filesystem::path> runtime_folders(RevisionContent const& content) const;
    std::shared_ptr<Revision> make_revision(RevisionContent content);
    InstanceOptions instance_options(Revision const& revision) const;
    Task<void> run_worker(Worker worker, std::shared_ptr<Revision const> revision);
    Task<std::string> start_worker(Worker worker, Instance& instance);
    Task<std::string> watch_worker(Worker worker, RunningWorker& running);
    static std::string why_it_failed(RunningWorker const& running);
    Task<void> serve_call(Worker worker, Call id);
    void end_call(Worker worker, Call id, bool is_usable);
    void settle(PendingCall& call, Result<WorkerFrame> outcome);
    Task<HttpAnswer> answer_of(Caller& caller);
    HttpAnswer refusal(FunctionLife::CallState state) const;
    Task<void> wait_until_closed(nanoseconds limit);

    asio::any_io_executor executor_;
    FunctionOptions options_;
    AsyncSignal& changed_;
    FunctionLog log_;
    RevisionHistory revisions_;
    FunctionLife life_;
    std::map<Worker, std::unique_ptr<RunningWorker>> workers_;
    std::map<Call, std::shared_ptr<PendingCall>> calls_;
    std::shared_ptr<Revision const> serving_;
    std::shared_ptr<Revision const> on_trial_;
    std::optional<Worker> trial_worker_;
    std::string trial_problem_;
    std::string problem_;
    std::string broken_revision_;  ///< that problem_ is about; empty: about the definition
    std::string last_error_;
    SystemTime last_call_at_;
    AsyncSignal progress_;  ///< of trials and of closing
    Counter& call_count_;
    Counter& failure_count_;
    TaskGroup tasks_;
};

}  // namespace millrace::runner
