// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "common/kube/reconciler.hpp"
#include "common/kube/written_status.hpp"
#include "runner/function/deploy_retry.hpp"
#include "runner/function/function.hpp"

namespace millrace::runner {

/// What all functions of a host share. Outlives them.
struct HostContext {
    asio::any_io_executor executor;
    ResourceStore& store;
    Reconciler& reconciler;  ///< calls reconcile() of the functions whose names are added
    Telemetry& telemetry;
    AsyncSignal& changed;        ///< notified when what a function's describe() says changed
    std::string const& url;      ///< of the host
    std::filesystem::path data;  ///< a folder a function
    std::filesystem::path runtimes;
    nanoseconds idle_limit;
    Isolation const* isolation;           ///< absent: the kernel cannot
    PowerShellRuntime const* powershell;  ///< absent: there is none
};

/// One function of the store, from its first sight to its deletion: keeps what runs as the Service,
/// its ConfigMap and its Secrets say. reconcile() does all of it; the rest only tells it and has it
/// called.
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
    /// The host ends: reconcile() ends the function's workers.
    void stop();

    /// One at a time. Errors: why the function cannot be as it should; to be tried again.
    Task<Result<Reconciler::InLine>> reconcile();
    /// It is deleted, or was stopped: nothing of it runs, and it is to be forgotten.
    bool is_over() const { return is_over_; }

    /// Takes calls; nullptr while there is none.
    Function* function() const { return is_closing_ ? nullptr : function_.get(); }

private:
    Task<Result<void>> settle();
    Task<Result<bool>> is_deleted();
    Task<void> dismiss(bool for_good);
    Task<Result<void>> bring_up();
    Task<Result<RevisionContent>> wanted_content();
    Task<void> deploy_if_due(RevisionContent content);
    Task<Result<void>> write_status();
    Result<void> make_function();
    void touch();
    std::filesystem::path folder() const;

    HostContext const& context_;
    ResourceName name_;
    Resource service_;
    Faults faults_;
    bool seen_deleted_ = false;
    bool stopping_ = false;
    bool is_over_ = false;

    std::unique_ptr<Function> function_;
    bool is_closing_ = false;
    std::string uid_;
    std::string code_;  ///< what the definition names
    std::set<std::string> secrets_;
    std::optional<RevisionContent> deployed_;  ///< what was tried last
    DeployRetry retry_;
    bool hindered_ = false;  ///< there was nothing to deploy: a fault, a missing Secret
    WrittenStatus status_;
};

}  // namespace millrace::runner
