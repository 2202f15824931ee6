// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/net/http_server.hpp"
#include "configurator/system/system_follower.hpp"

namespace millrace::configurator {

/// Of api/openapi.yaml what is the system's.
class SystemApi {
public:
    /// `follower` outlives it; `certificate`: the file with the web page's.
    SystemApi(SystemFollower& follower, std::filesystem::path certificate)
        : follower_(follower),
          certificate_(std::move(certificate)) {}

    /// Pre: check_route has nothing against it, and the appliance is configured.
    Task<HttpAnswer> handle(HttpRequest const& request);

private:
    HttpAnswer view(int status) const;
    Task<HttpAnswer> put(HttpRequest const& request);
    Task<HttpAnswer> begin(SystemChange change);
    Task<HttpAnswer> power(HttpRequest const& request);

    SystemFollower& follower_;
    std::filesystem::path certificate_;
};

}  // namespace millrace::configurator
