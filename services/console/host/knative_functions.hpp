// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/kube/resource.hpp"

namespace millrace::console {

/// Which function a Revision or a pod belongs to; of a pod also: which revision.
inline constexpr char const* service_label = "serving.knative.dev/service";
inline constexpr char const* revision_label = "serving.knative.dev/revision";
/// The container that is the function; Knative's own stands beside it.
inline constexpr char const* function_container = "user-container";

/// What the API server has of functions that Knative runs. Pure data, sorted by name.
struct KnativeObjects {
    std::vector<Resource> services;
    std::vector<Resource> revisions;
    std::vector<Resource> pods;
};

/// What FunctionHost::functions tells: states in plain words, from the conditions of Service and
/// Revision (Knative Serving's API specification, "Error Signalling") and from its pods.
Json function_reports(KnativeObjects const& objects);

/// What FunctionHost::revisions tells of the function `service`.
Json revision_records(KnativeObjects const& objects, Resource const& service);

/// The pods of a function whose container has begun: it has a log.
std::vector<Resource const*> pods_with_log(
    std::vector<Resource> const& pods, std::string const& function);

/// How often a pod's container was begun anew: each time is a log of its own.
std::int64_t restarts_of(Resource const& pod);

}  // namespace millrace::console
