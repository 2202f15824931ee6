// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/kube/resource.hpp"
#include "common/net/http_server.hpp"

namespace millrace::console {

/// Where functions run, and what is known of them there beside their objects: the runner of this
/// machine, or Knative in a cluster. One thread.
class FunctionHost {
public:
    /// What is known of all functions, a list of objects: name, state (Running, Idle, Starting,
    /// Failing, Error), cause, revision (it serves), latestRevision; calls, failures and
    /// lastCallAt where the host counts. An error: why nothing is known.
    using Told = std::function<void(Result<Json> functions)>;

    virtual ~FunctionHost() = default;
    /// `services`: of the functions; they outlive the task.
    virtual Task<Result<Json>> functions(std::vector<Resource> const& services) = 0;
    /// Tells them now and after each change, until the task is stopped.
    virtual Task<void> follow(Told told) = 0;
    /// The revisions of a function, oldest first, a list of objects: name, createdAt, traffic
    /// (percent), problem (why it cannot serve, or empty), and state where the host knows that of
    /// each. Errors: `not_found` where the host has not seen the function yet.
    virtual Task<Result<Json>> revisions(Resource service) = 0;
    /// The newest `lines` of its log: a list of LogLine (openapi.yaml). Errors: as revisions.
    virtual Task<Result<Json>> log(std::string function, std::int64_t lines) = 0;
    /// The same, and what comes: server-sent events as openapi.yaml's followLogs has them.
    virtual Task<Result<HttpAnswer>> follow_log(std::string function, std::int64_t lines) = 0;
    /// The services that functions need here, for the overview.
    virtual std::vector<std::string> services() const = 0;
    /// What functions run on, a list of objects: name, version. Errors: why it is not known.
    virtual Task<Result<Json>> platform() = 0;
};

/// `items` of a list's answer; empty where there are none.
Json items_of(Json const& answer);

}  // namespace millrace::console
