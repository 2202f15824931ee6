// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/http_server.hpp"
#include "configurator/api/setup_code.hpp"
#include "configurator/follow/form_follower.hpp"

namespace millrace::configurator {

/// Of api/openapi.yaml what is set-up's.
class SetupApi {
public:
    /// `follower` outlives it; `code`: make_setup_code's.
    SetupApi(FormFollower& follower, std::string const& code) : follower_(follower), code_(code) {}

    /// Pre: check_route has nothing against it.
    Task<HttpAnswer> handle(HttpRequest& request);

private:
    HttpAnswer status(HttpRequest const& request);
    Task<HttpAnswer> with_code(HttpRequest const& request);
    Task<HttpAnswer> put_form(HttpRequest const& request);
    HttpAnswer log(HttpRequest const& request) const;
    std::optional<HttpAnswer> check_code(HttpRequest const& request);

    FormFollower& follower_;
    SetupCode code_;
};

}  // namespace millrace::configurator
