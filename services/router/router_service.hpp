// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "common/kube/reconciler.hpp"
#include "common/kube/written_status.hpp"
#include "common/service/folder_lock.hpp"
#include "common/service/service.hpp"
#include "router/source/unread_sources.hpp"
#include "router/vcenter/vcenter_reader.hpp"

namespace millrace::router {

/// The flags of millrace-router beside the common ones.
std::vector<Flag> router_flags();

/// Keeps one VcenterReader running for each VSphereSource of the store, and writes their status;
/// HorizonSources and WebhookSources are told in theirs that they are not read yet.
class RouterService final : public Service {
public:
    /// Throws StartupError.
    explicit RouterService(ServiceContext context);
    /// With a store of the caller's, for tests.
    RouterService(ServiceContext context, std::unique_ptr<ResourceStore> store);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    /// What the store says of one source, and the source that runs for it.
    struct Entry {
        Resource resource;         ///< as it was last readable
        bool is_readable = false;  ///< as it is now
        /// As the object has them; or what is wrong with it.
        Checked<SourceSettings> settings = std::unexpected(Faults());
        /// Why what is wanted cannot run now; a source that runs goes on as it was.
        std::string problem;
        std::unique_ptr<VcenterReader> source;
        std::string source_uid;  ///< of the object the source runs for
        WrittenStatus status;
        bool to_bring_up = true;     ///< else only its figures are to be told
        SystemTime told_event_time;  ///< newest event that its status shows
        bool deleted = false;        ///< to be stopped and forgotten by reconcile
    };

    Task<void> watch_sources();
    /// Secrets or Brokers: whoever refers to one that changed is looked at.
    Task<void> watch_references(ResourceKind const& kind);
    void take(WatchEvent event);
    /// The source, or what it stands on, may have changed.
    void look_again(ResourceName const& name, Entry& entry);
    /// Has the newest figures of sources that read written, now and then.
    Task<void> tell_figures();
    Task<Result<Reconciler::InLine>> reconcile(ResourceName name);
    Task<void> bring_up(Entry& entry);
    Task<Checked<VcenterReaderOptions>> wanted_options(SourceSettings settings);
    Result<void> run_source(Entry& entry, VcenterReaderOptions options);
    HttpAnswer store_readiness() const;
    std::string problem_of(Entry const& entry) const;
    Task<void> forget(ResourceName name);
    Task<Result<void>> write_status(Entry& entry);
    Json wanted_status(Entry const& entry) const;

    ServiceContext context_;
    FolderLock data_lock_;
    std::unique_ptr<ResourceStore> store_;
    VimTypes types_;
    std::map<ResourceName, Entry> entries_;
    bool synced_ = false;
    Reconciler reconciler_;
    UnreadSources horizon_sources_;
    UnreadSources webhook_sources_;
    TaskGroup watches_;
};

}  // namespace millrace::router
