// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "common/kube/resource_store.hpp"
#include "runner/function/deploy_retry.hpp"
#include "runner/function/function.hpp"

namespace millrace::runner {

/// What all functions of a host share. Outlives them.
struct HostContext {
    asio::any_io_executor executor;
    ResourceStore& store;
    Telemetry& telemetry;
    AsyncSignal& changed;        ///< notified when what a function's describe() says changed
    std::string const& url;      ///< of the host
    std::filesystem::path data;  ///< a folder a function
    std::filesystem::path runtimes;
    nanoseconds idle_limit;
    Isolation const* isolation;  ///< absent: the kernel cannot
};

/// One function of the store, from its first sight to its deletion: keeps what runs as the Service,
/// its ConfigMap and its Secrets say. One task, run(), does all of it; the rest only tells it.
///
/// A function is who its uid is: a Service of the same name with another uid is another function,
/// and nothing of the old one (log, revisions) is left to it. It is deleted only when the store
/// says that there is no such Service; an error is no deletion.
class HostedFunction {
public:
    HostedFunction(HostContext const& context, ResourceName name);

    /// The Service as it is now. `faults`: it cannot be read; what runs goes on.
    void seen(Resource service, Faults faults);
    /// The store says that the Service is gone.
    void seen_deleted();
    /// Something changed; looked at if the function stands on it.
    void seen_code(std::string const& config_map);
    void seen_secret(std::string const& secret);
    /// The host ends: run() ends the function's workers and returns.
    void stop();

    /// Returns when the function is deleted or stop() was called; nothing of it runs then.
    Task<void> run();

    /// Takes calls; nullptr while there is none.
    Function* function() const { return is_closing_ ? nullptr : function_.get(); }

private:
    Task<void> settle();
    Task<bool> is_deleted();
    Task<void> dismiss(bool for_good);
    Task<void> bring_up();
    Task<Result<RevisionContent>> wanted_content();
    Task<void> deploy_if_due(RevisionContent content);
    Task<void> write_status();
    bool make_function();
    Task<void> wait_for_change();
    void touch();
    std::filesystem::path folder() const;

    HostContext const& context_;
    ResourceName name_;
    Resource service_;
    Faults faults_;
    bool seen_deleted_ = false;
    bool dirty_ = true;
    bool stopping_ = false;
    AsyncSignal touched_;

    std::unique_ptr<Function> function_;
    bool is_closing_ = false;
    std::string uid_;
    std::string code_;  ///< what the definition names
    std::set<std::string> secrets_;
    std::optional<RevisionContent> deployed_;  ///< what was tried last
    DeployRetry retry_;
    bool hindered_ = false;  ///< there was nothing to deploy: a fault, a missing Secret
    Json written_status_;
    std::string status_problem_;  ///< why the status in the store is not as it should be
};

}  // namespace millrace::runner
