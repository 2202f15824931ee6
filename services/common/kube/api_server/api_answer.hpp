// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/http_message.hpp"
#include "common/kube/resource.hpp"

namespace millrace {

/// What a request to the API server is about: one object, or all of a kind.
struct ApiSubject {
    ResourceKind const& kind;
    std::optional<ResourceName> name;

    /// "Trigger default/echo" or "triggers.eventing.knative.dev".
    std::string text() const;
};

/// The JSON of a good answer. Errors: `not_found` where the server says that this very object is
/// not there, and nowhere else: a kind that it does not serve (yet), or another server's 404, is
/// `unavailable`, since nothing is known of the object then. Of all objects of a kind: `not_found`
/// where the server does not serve the kind. `conflict`, `invalid`, `forbidden`,
/// `unauthenticated`, `too_large` as the server says; `unavailable` for everything that may pass.
Result<Json> read_answer(ApiSubject const& subject, HttpResponse const& answer);

/// The error that a Status object (kind: Status) of a failed call stands for; `status` as in HTTP.
Error read_status(ApiSubject const& subject, int status, Json const& body);

/// `conflict`: the version given is not the current one.
Error changed_meanwhile(ApiSubject const& subject);
/// `conflict`: another object has its name by now.
Error made_again(ApiSubject const& subject);

/// What a version is called that the server does not keep any more: list again (410).
inline constexpr int status_gone = 410;

}  // namespace millrace
