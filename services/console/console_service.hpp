// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "common/net/worker_thread.hpp"
#include "common/service/service.hpp"
#include "console/api/api_about.hpp"
#include "console/api/api_context.hpp"
#include "console/api/api_routes.hpp"
#include "console/appliance/appliance_api.hpp"
#include "console/auth/session_store.hpp"
#include "console/console_options.hpp"
#include "console/feed/change_feed.hpp"
#include "console/files/bill.hpp"
#include "console/files/static_files.hpp"

namespace millrace::console {

/// The web UI and its JSON API (services/console/api/openapi.yaml is the truth of it).
class ConsoleService final : public Service {
public:
    explicit ConsoleService(ServiceContext context);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override { return {}; }
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    Task<HttpAnswer> handle_api(HttpRequest const& request);
    std::optional<HttpAnswer> check_route(
        HttpRequest const& request, std::vector<std::string> const& path) const;
    std::optional<HttpAnswer> check_session(HttpRequest const& request, std::string const& id);
    Task<HttpAnswer> route(ApiRequest const& request);
    Task<HttpAnswer> handle_session(HttpRequest const& request, std::string session_id);
    Task<HttpAnswer> log_in(HttpRequest const& request);
    Task<Result<bool>> check_password(Secret password);
    Installation installation() const;
    HttpAnswer open_stream(ApiRequest const& request);
    Task<HttpAnswer> describe_session(std::string session_id, int status);
    void publish_login_url();
    char const* cookie_name() const { return tls_ ? "__Host-sid" : "sid"; }

    ServiceContext context_;
    std::unique_ptr<ResourceStore> store_;
    Upstream upstream_;
    std::unique_ptr<FunctionHost> host_;
    std::vector<Recipe> recipes_;
    StaticFiles files_;
    Bill bill_;
    Json openapi_;
    ApiRoutes routes_;
    SessionStore sessions_;
    LoginThrottle throttle_;
    std::set<std::string> hosts_;
    bool tls_ = false;
    Login login_;
    ApiContext api_;
    ApplianceApi appliance_;
    ChangeFeed feed_;
    TaskGroup tasks_;
    /// Argon2 takes 0.1 s and 64 MiB a try: off the io thread, one at a time.
    WorkerThread hashing_;
    std::size_t hashes_waiting_ = 0;
};

}  // namespace millrace::console
