// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "common/kube/resource_store.hpp"
#include "common/service/folder_lock.hpp"
#include "common/service/service.hpp"
#include "router/vcenter/vcenter_reader.hpp"

namespace millrace::router {

/// The flags of millrace-router beside the common ones.
std::vector<Flag> router_flags();

/// Keeps one VcenterReader running for each VSphereSource of the store, and writes their status.
class RouterService final : public Service {
public:
    /// Throws StartupError.
    explicit RouterService(ServiceContext context);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    /// What the store says of one source, and the source that runs for it.
    struct Entry {
        Resource resource;
        Faults faults;
        /// Why what is wanted cannot run now; a source that runs goes on as it was.
        std::string problem;
        std::unique_ptr<VcenterReader> source;
        std::string source_uid;  ///< of the object the source runs for
        Json written_status;
        std::string status_problem;  ///< why the status in the store is not as it should be
        bool deleted = false;        ///< to be stopped and forgotten by reconcile
    };

    Task<void> watch_sources();
    /// Brings what runs in line with what is wanted; also when a Secret or Broker changed.
    Task<void> reconcile();
    Task<void> reconcile_one(ResourceName name, Entry& entry);
    Task<Checked<VcenterReaderOptions>> wanted_options(Entry const& entry);
    Result<void> run_source(Entry& entry, VcenterReaderOptions options);
    std::string problem_of(Entry const& entry) const;
    Task<void> forget(ResourceName name);
    Task<Result<Url>> resolve_sink(SourceSettings const& settings);
    Task<Result<Credentials>> read_credentials(SourceSettings const& settings);
    Task<void> write_statuses();
    Json entry_status(Entry const& entry) const;

    ServiceContext context_;
    FolderLock data_lock_;
    std::unique_ptr<ResourceStore> store_;
    VimTypes types_;
    std::map<ResourceName, Entry> entries_;
    bool synced_ = false;
    TaskGroup tasks_;
};

}  // namespace millrace::router
