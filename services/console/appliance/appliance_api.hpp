// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/service/service.hpp"
#include "console/appliance/configurator_client.hpp"

namespace millrace::console {

/// What can be changed in the appliance that the console runs on: the configurator's API, as far as
/// it is of a configured appliance, below /api/v1/appliance/.
class ApplianceApi {
public:
    static constexpr std::string_view prefix = "/api/v1/appliance/";

    /// `socket`: the configurator's; empty: there is no appliance.
    ApplianceApi(asio::any_io_executor executor, std::string const& socket);

    bool is_there() const { return configurator_.has_value(); }
    /// Of somebody who has signed in; the request's path begins with `prefix`.
    Task<HttpAnswer> handle(HttpRequest const& request);

private:
    std::optional<ConfiguratorClient> configurator_;
};

}  // namespace millrace::console
