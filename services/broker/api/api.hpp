// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/api/live_news.hpp"
#include "broker/delivery/dispatchers.hpp"
#include "broker/history/history.hpp"
#include "broker/record/totals.hpp"
#include "common/net/http_server.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace::broker {

/// What the API shows. Everything outlives it.
struct ApiParts {
    WorkerThread& searching;
    History& history;  ///< used on `searching` alone
    Dispatchers const& dispatchers;
    Rates const& rates;
    TypeCounts const& types;
    LiveNews& news;
    milliseconds search_budget = 80ms;
};

/// The console's view of the broker, /api/v1/... (the bearer token has been checked already).
class Api {
public:
    explicit Api(ApiParts const& parts) : parts_(parts) {}

    Task<HttpAnswer> handle(HttpRequest& request);

private:
    Task<HttpAnswer> events(HttpRequest const& request);
    Task<HttpAnswer> event(std::string_view seq);
    Task<HttpAnswer> stream(HttpRequest const& request);
    HttpAnswer rates(HttpRequest const& request) const;
    HttpAnswer triggers() const;
    /// The triggers that bring `function` its events now.
    std::set<std::string> triggers_of(std::string const& function) const;

    ApiParts parts_;
};

}  // namespace millrace::broker
