// SPDX-License-Identifier: Apache-2.0
#include "console/setup/setup_service.hpp"

#include "common/base/log.hpp"
#include "console/api/problem.hpp"
#include "console/appliance/pass_on.hpp"
#include "console/auth/request_guard.hpp"

namespace millrace::console {
namespace {

constexpr std::string_view api_prefix = "/api/v1/setup/";
constexpr seconds start_limit{10};
constexpr milliseconds start_period{100};
constexpr seconds look_period{1};
/// A page that asks each second hears from us that it is done.
constexpr seconds told_grace{3};

Task<void> ask(std::string socket, Result<bool>& configured) {
    ConfiguratorClient client(co_await asio::this_coro::executor, std::move(socket));
    for (auto const until = steady_now() + start_limit;;) {
        configured = co_await client.is_configured();
        if (configured || steady_now() > until)
            co_return;
        co_await sleep_for(start_period);
    }
}

}  // namespace

bool needs_setup(std::string const& socket) {
    if (socket.empty())
        return false;
    asio::io_context io(1);
    Result<bool> configured = false;
    asio::co_spawn(io, ask(socket, configured), [](std::exception_ptr failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    io.run();
    if (!configured)
        throw StartupError("--configurator: " + configured.error().detail);
    return !*configured;
}

SetupService::SetupService(ServiceContext context)
    : end_(context.end),
      files_(context.flags.text("web"), "setup.html"),
      configurator_(context.io.get_executor(), context.flags.text("configurator")),
      tasks_(context.io.get_executor()) {}

Task<void> SetupService::start() {
    log::info("The appliance is not configured: serving the set-up page.");
    tasks_.spawn_essential("wait until configured", wait_until_configured());
    co_return;
}

Task<void> SetupService::stop() {
    co_await tasks_.stop();
}

Task<void> SetupService::wait_until_configured() {
    for (;;) {
        auto const configured = co_await configurator_.is_configured();
        if (configured && *configured)
            break;
        co_await sleep_for(look_period);
    }
    log::info("The appliance is configured.");
    co_await sleep_for(told_grace);
    end_();
}

/// By any name: DHCP and DNS give those that nobody has told us, and what is worth having needs the
/// code, which another site's page does not know.
Task<HttpAnswer> SetupService::handle(HttpRequest& request) {
    if (auto const refusal = check_change(request))
        co_return make_problem(refusal->status, refusal->code, refusal->detail);
    if (request.path.starts_with(api_prefix))
        co_return co_await pass_on(configurator_, request, api_prefix);
    if (request.path.starts_with("/api/"))
        co_return make_problem(
            404, "setup.only", "The appliance is not configured yet; there is only its set-up.");
    co_return files_.serve(request);
}

}  // namespace millrace::console
