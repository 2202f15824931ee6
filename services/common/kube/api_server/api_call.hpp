// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/http_message.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace {

/// One request to the API server; `target` is path and query behind the server's own path. The
/// rules are of kubernetes.io/docs/reference/using-api/api-concepts and server-side-apply.
struct ApiCall {
    std::string target;
    HttpRequest request;
};

/// As whom fields are owned (metadata.managedFields).
inline constexpr std::string_view field_manager = "millrace";
/// Objects of one page of a listing.
inline constexpr int page_size = 500;

ApiCall get_call(std::string path);
ApiCall get_call(ResourceKind const& kind, ResourceName const& name);
/// The next page of a listing; `continue_token` is empty for the first.
ApiCall list_call(
    ResourceKind const& kind, Selector const& selector, std::string const& continue_token);
/// What changes after `version`, for at most `limit`; with bookmarks.
ApiCall watch_call(
    ResourceKind const& kind, Selector const& selector, std::string const& version, seconds limit);
/// What a pod's container has printed: its newest `lines`, each behind its time; with `follow` what
/// it prints from now on, too.
ApiCall log_call(ResourceName const& pod, std::string const& container, int lines, bool follow);
/// Without a resourceVersion: server-side apply; fields that others own and the object does not
/// name stay. With one: the object is replaced, if that is still its version.
ApiCall apply_call(ResourceKind const& kind, Resource const& resource);
/// Replaces the status in one step (RFC 6902); a `uid` that is not the object's gives 422, as does
/// a status that the server does not take. (Server-side apply passes over a uid: tried, 1.35.)
ApiCall status_call(
    ResourceKind const& kind, ResourceName const& name, Json const& status, std::string const& uid);
/// What belongs to the object goes after it; a `uid` that is not the object's gives 409.
ApiCall remove_call(ResourceKind const& kind, ResourceName const& name, std::string const& uid);

}  // namespace millrace
