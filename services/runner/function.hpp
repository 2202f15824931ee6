// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/telemetry.hpp"
#include "common/net/http_server.hpp"
#include "runner/function_definition.hpp"
#include "runner/function_log.hpp"
#include "runner/instance.hpp"

namespace millrace::runner {

/// What a revision runs on, gathered from the store: the code's folder and the whole environment.
struct RevisionContent {
    FunctionDefinition definition;
    std::filesystem::path code_folder;
    std::map<std::string, std::string> environment;

    bool operator==(RevisionContent const&) const = default;
};

struct RevisionRecord {
    std::string name;
    std::string code;     ///< ConfigMap
    std::string created;  ///< RFC 3339
    bool ready = false;
    std::string problem;
};

/// One function: the revision that serves, the one that is coming up, its calls and its log. A new
/// revision takes over once its worker is ready; if it cannot be loaded, the old one goes on and
/// the problem is told (as Knative's traffic stays on the last ready revision).
class Function {
public:
    /// `folder` keeps its log and its revisions; `runtimes` has a folder a runtime with its worker.
    /// `telemetry` outlives the function.
    Function(
        asio::any_io_executor executor, ResourceName name, std::filesystem::path folder,
        std::filesystem::path runtimes, Telemetry& telemetry);

    /// Starts the revision's worker to see that it loads, then lets it serve; else problem() says
    /// why not. The problem there was before stands until then: it may be tried again and again.
    Task<void> deploy(RevisionContent content);
    /// The definition cannot be used; an older revision goes on. Empty: it can be used again.
    void set_problem(std::string problem) { problem_ = std::move(problem); }

    /// POST of a CloudEvent.
    Task<HttpAnswer> handle(HttpRequest const& request);
    /// Stops instances that were idle for `limit`, above min-scale.
    Task<void> stop_idle(nanoseconds limit);
    Task<void> stop();

    FunctionLog& log() { return log_; }
    std::vector<RevisionRecord> const& revisions() const { return revisions_; }
    /// {"name","namespace","state","cause","revision",...}: as the console shows it.
    Json describe() const;
    bool ready() const { return serving_.has_value(); }
    std::string const& problem() const { return problem_; }
    std::string serving_revision() const;
    std::string latest_revision() const;

private:
    struct Serving {
        RevisionContent content;
        std::vector<std::unique_ptr<Instance>> instances;
    };
    Instance* free_instance();
    std::unique_ptr<Instance> make_instance(RevisionContent const& content);
    Task<Instance*> wait_for_instance();
    HttpAnswer to_answer(Result<WorkerFrame> const& frame);
    Task<void> retire(std::vector<std::unique_ptr<Instance>> instances);
    void wake_one();
    void load_revisions();
    void save_revisions() const;

    asio::any_io_executor executor_;
    ResourceName name_;
    std::filesystem::path folder_;
    std::filesystem::path runtimes_;
    FunctionLog log_;
    std::optional<Serving> serving_;
    std::vector<RevisionRecord> revisions_;
    std::string problem_;
    bool starting_ = false;
    /// Callers without a worker, first come first served; cancelling a timer wakes its owner.
    std::deque<asio::steady_timer*> waiting_;
    bool last_call_failed_ = false;
    std::string last_error_;
    SystemTime last_call_at_;
    Counter& calls_;
    Counter& failures_;
    TaskGroup retiring_;
};

}  // namespace millrace::runner
