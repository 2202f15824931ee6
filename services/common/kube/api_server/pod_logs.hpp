// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/kube/api_server/api_access.hpp"
#include "common/kube/resource.hpp"
#include "common/net/http_client.hpp"

namespace millrace {

class ApiClient;

/// What containers print, read through the API server. One thread.
class PodLogs {
public:
    /// Throws StartupError for certificates that are none.
    PodLogs(asio::any_io_executor executor, ApiAccess access);
    ~PodLogs();

    /// The newest `lines` of what the container has printed, each behind its time (RFC 3339) and a
    /// space; with `follow` also what it prints until it ends. Errors: `not_found` (the pod is
    /// gone), `invalid` (its container has not started), `unavailable`.
    Task<Result<std::unique_ptr<BodyReader>>> open(
        ResourceName pod, std::string container, int lines, bool follow);

private:
    std::unique_ptr<ApiClient> client_;
};

}  // namespace millrace
