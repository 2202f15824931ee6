// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/service/service.hpp"
#include "console/appliance/configurator_client.hpp"
#include "console/files/static_files.hpp"

namespace millrace::console {

/// Whether the appliance is yet to be configured, as its configurator says; false without a socket.
/// Waits ten seconds for it. Throws StartupError where it does not answer: a console without a
/// sign-in must not take the place of one that has it.
bool needs_setup(std::string const& socket);

/// What the console is until the appliance is configured: the set-up page, and the configurator's
/// API below /api/v1/setup/. It opens no store and knows no session: the configurator asks for the
/// code on the VM's screen. Ends the process when the appliance is configured.
class SetupService final : public Service {
public:
    explicit SetupService(ServiceContext context);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override { return "The appliance is not configured yet."; }
    Json status() const override { return {{"version", MILLRACE_VERSION}, {"mode", "setup"}}; }
    /// Its file may be yet to come.
    bool has_token() const override { return false; }
    Task<void> start() override;
    Task<void> stop() override;

private:
    Task<void> wait_until_configured();

    std::function<void()> const& end_;
    StaticFiles files_;
    ConfiguratorClient configurator_;
    TaskGroup tasks_;
};

}  // namespace millrace::console
