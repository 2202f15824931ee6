// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include "common/kube/api_server/api_access.hpp"
#include "common/kube/api_server/api_call.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace {

/// Sends calls to the API server, as whom we are to it. One thread.
class ApiClient {
public:
    /// Throws StartupError for certificates that are none.
    ApiClient(asio::any_io_executor executor, ApiAccess access);

    /// The whole answer, whatever its status. A call that changes something is never sent twice.
    /// Errors: `unavailable`, `timed_out`, `closed`, `too_large`, `canceled`.
    Task<Result<HttpResponse>> send(ApiCall call);
    /// As send, but returns after the headers.
    Task<Result<StreamedResponse>> open(ApiCall call);

private:
    Url url_of(ApiCall const& call) const;
    Task<Result<void>> authorize(HttpRequest& request);
    void note(int status);

    ApiAccess access_;
    HttpClient http_;
    WorkerThread reading_;  ///< of the token's file
    Secret token_;
    SteadyTime token_until_;  ///< when it is read again
};

}  // namespace millrace
