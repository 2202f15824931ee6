// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include "common/kube/api_server/api_client.hpp"
#include "common/kube/api_server/list_watch.hpp"

namespace millrace {

/// Asks for the page that `into` wants next, and gives it. Errors: those of the call and of `into`.
Task<Result<void>> list_page(
    ApiClient& client, ResourceKind const& kind, Selector const& selector, ListWatch& into);

/// Performs what a ListWatch asks for. One connection while it waits.
class KubernetesWatch final : public Watch {
public:
    /// `client` outlives it.
    KubernetesWatch(ApiClient& client, ResourceKind const& kind, Selector selector)
        : client_(client),
          kind_(kind),
          selector_(std::move(selector)),
          state_(kind) {}

    Task<Result<WatchEvent>> next() override;

private:
    Task<Result<void>> open();
    Task<Result<void>> read();
    Result<void> take_lines();

    ApiClient& client_;
    ResourceKind const& kind_;
    Selector selector_;
    ListWatch state_;
    std::unique_ptr<BodyReader> body_;  ///< of the watch under way
    std::string text_;                  ///< of a line that is not whole yet
    bool has_told_ = false;             ///< whether the watch under way has told anything
    bool was_hindered_ = false;         ///< an error was told, and not that it is over
};

}  // namespace millrace
