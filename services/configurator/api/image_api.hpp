// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "common/net/http_server.hpp"
#include "configurator/images/image_keeper.hpp"

namespace millrace::configurator {

/// Of api/openapi.yaml what is of images.
class ImageApi {
public:
    static constexpr std::string_view prefix = "/api/v1/system/images";

    /// `keeper` outlives it.
    explicit ImageApi(ImageKeeper& keeper) : keeper_(keeper) {}

    /// Pre: check_route has nothing against it, and the appliance is configured.
    Task<HttpAnswer> handle(HttpRequest const& request);

private:
    Task<HttpAnswer> view(int status);
    Task<HttpAnswer> begin(HttpRequest const& request);
    Task<HttpAnswer> write(HttpRequest const& request);
    Task<HttpAnswer> remove(HttpRequest const& request);

    ImageKeeper& keeper_;
};

}  // namespace millrace::configurator
