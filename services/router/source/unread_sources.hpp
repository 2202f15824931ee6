// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "common/kube/reconciler.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace::router {

/// Follows the sources of a kind that this version does not read, and says so in their status.
/// Nothing waits for it: neither such a source nor a store that does not serve the kind is in the
/// way of the sources that are read.
class UnreadSources {
public:
    /// `store` outlives it.
    UnreadSources(asio::any_io_executor executor, ResourceStore& store, ResourceKind const& kind);

    void start();
    Task<void> stop();
    /// How it stands with each, as /status tells it.
    std::vector<Json> reports() const;

private:
    struct Known {
        std::optional<std::uint64_t> content;  ///< content_hash
        std::string address;                   ///< or path, of a WebhookSource
    };

    Task<void> watch();
    void take(WatchEvent const& event);
    Task<Result<Reconciler::InLine>> write_status(ResourceName name);

    ResourceStore& store_;
    ResourceKind const& kind_;
    std::map<ResourceName, Known> known_;
    Reconciler reconciler_;
    TaskGroup watches_;
};

}  // namespace millrace::router
