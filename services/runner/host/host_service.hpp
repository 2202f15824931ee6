// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "common/kube/resource_store.hpp"
#include "common/net/sse.hpp"
#include "common/service/folder_lock.hpp"
#include "common/service/service.hpp"
#include "runner/host/hosted_function.hpp"

namespace millrace::runner {

std::vector<Flag> host_flags();

/// `millrace-runner host`: what Knative Serving is in a cluster. Watches the Services labelled
/// millrace.dev/runtime, their ConfigMaps and Secrets, runs the functions on demand, stops idle
/// ones and writes their status. At rest it does nothing: no timer, no file.
class HostService final : public Service {
public:
    /// Throws StartupError when another host uses the state's runner folder.
    explicit HostService(ServiceContext context);
    /// With a store of the caller's, for tests.
    HostService(ServiceContext context, std::unique_ptr<ResourceStore> store);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    Task<void> watch_services();
    Task<void> watch_code();
    Task<void> watch_secrets();
    Task<Result<Reconciler::InLine>> reconcile(ResourceName name);
    Task<void> publish_changes();
    HostedFunction& hosted(ResourceName const& name);
    HttpAnswer handle_api(HttpRequest const& request);
    Json list_functions() const;
    std::string functions_message() const;
    Function* find(std::string const& name_space, std::string const& name) const;

    FolderLock lock_;
    std::unique_ptr<ResourceStore> store_;
    std::optional<Isolation> isolation_;
    std::optional<PowerShellRuntime> powershell_;
    AsyncSignal changed_;
    AsyncSignal ended_;
    SseHub feed_;
    Reconciler reconciler_;
    HostContext shared_;
    std::map<ResourceName, std::unique_ptr<HostedFunction>> functions_;
    std::set<std::string_view> unsynced_;
    bool stopping_ = false;
    TaskGroup watches_;
};

}  // namespace millrace::runner
