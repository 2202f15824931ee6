// SPDX-License-Identifier: Apache-2.0
#include "console/appliance/appliance_api.hpp"

#include "console/api/problem.hpp"
#include "console/appliance/pass_on.hpp"

namespace millrace::console {

ApplianceApi::ApplianceApi(asio::any_io_executor executor, std::string const& socket) {
    if (!socket.empty())
        configurator_.emplace(std::move(executor), socket);
}

Task<HttpAnswer> ApplianceApi::handle(HttpRequest const& request) {
    if (!configurator_)
        co_return make_problem(
            404, "appliance.none",
            "This console does not run on an appliance; there is no system to change.");
    // The rest of the configurator's API asks for another proof than a session.
    std::string_view const rest = std::string_view(request.path).substr(prefix.size());
    if (rest != "system" && !rest.starts_with("system/"))
        co_return make_problem(
            404, "notFound", "There is nothing at " + request.path.substr(0, 200) + ".");
    co_return co_await pass_on(*configurator_, request, prefix);
}

}  // namespace millrace::console
