// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/http_client.hpp"

namespace millrace::console {

/// The appliance's configurator, on its socket (services/configurator/api/openapi.yaml).
class ConfiguratorClient {
public:
    ConfiguratorClient(asio::any_io_executor executor, std::string socket);

    /// Errors: `unavailable`, `timed_out` and the like, with what to do about it.
    Task<Result<HttpResponse>> send(HttpRequest const& request, std::string target);
    /// Whether the appliance is configured. Errors: the same, and `invalid`.
    Task<Result<bool>> is_configured();

private:
    std::string socket_;
    HttpClient client_;
};

}  // namespace millrace::console
