// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/kube/resource_store.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace {

/// Objects as YAML files: <root>/objects/<kind folder>/<namespace>/<name>.yaml, status beside it
/// under <root>/status. Atomic writes, secrets 0600, watched by inotify: files may be edited by
/// hand and by several processes. resourceVersion is a hash of the content. The disk is touched on
/// a thread of its own. Statuses are not synced: a power cut may take them, and they are written
/// again. Bounds: 1 MiB a file, 20,000 objects a kind, 4,096 requests waiting.
class DirectoryStore : public ResourceStore {
public:
    /// Throws StartupError if `root` cannot be made or written.
    DirectoryStore(asio::any_io_executor executor, std::filesystem::path root);
    ~DirectoryStore() override;

    Task<Result<ResourceKind const*>> discover(KindWords words) override;
    Task<Result<Resource>> get(ResourceKind const& kind, ResourceName name) override;
    Task<Result<std::vector<Resource>>> list(ResourceKind const& kind, Selector selector) override;
    Task<Result<Resource>> apply(ResourceKind const& kind, Resource resource) override;
    Task<Result<void>> put_status(
        ResourceKind const& kind, ResourceName name, Json status, std::string uid) override;
    Task<Result<void>> remove(
        ResourceKind const& kind, ResourceName name, std::string uid) override;
    std::unique_ptr<Watch> watch(ResourceKind const& kind, Selector selector) override;

private:
    asio::any_io_executor executor_;
    std::filesystem::path root_;
    WorkerThread worker_;  ///< everything that touches the disk
};

}  // namespace millrace
