// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "common/kube/resource_store.hpp"
#include "common/service/service.hpp"
#include "runner/deploy_retry.hpp"
#include "runner/function.hpp"

namespace millrace::runner {

std::vector<Flag> host_flags();

/// `millrace-runner host`: what Knative Serving is in a cluster. Watches the Services labelled
/// millrace.dev/runtime, runs their functions on demand, stops idle ones and writes their status.
class HostService final : public Service {
public:
    explicit HostService(ServiceContext context);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    struct Entry {
        Resource service;
        Faults faults;
        std::unique_ptr<Function> function;
        std::optional<RevisionContent> deployed;  ///< what was tried last
        DeployRetry retry;
        bool hindered = false;  ///< there was nothing to deploy: a fault, a missing Secret
        Json written_status;
        bool deleted = false;
        bool busy = false;  ///< a task works on it
    };

    Task<void> watch_services();
    Task<void> reconcile();
    Task<void> reconcile_one(ResourceName name, Entry& entry);
    Task<void> bring_up(ResourceName name, Entry& entry);
    Task<Result<RevisionContent>> wanted_content(ResourceName name, Entry& entry);
    Task<void> write_status(ResourceName name, Entry& entry);
    Task<void> forget(ResourceName name);
    HttpAnswer handle_api(HttpRequest const& request);
    HttpAnswer list_functions() const;
    std::filesystem::path function_folder(ResourceName const& name) const;

    ServiceContext context_;
    std::unique_ptr<ResourceStore> store_;
    std::map<ResourceName, Entry> entries_;
    bool synced_ = false;
    TaskGroup tasks_;
};

}  // namespace millrace::runner
