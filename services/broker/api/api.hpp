// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/delivery/dispatchers.hpp"
#include "broker/history/history.hpp"
#include "broker/record/totals.hpp"
#include "common/net/http_server.hpp"
#include "common/net/sse.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace::broker {

/// What the API shows. Everything outlives it.
struct ApiParts {
    WorkerThread& searching;
    History& history;  ///< used on `searching` alone
    Dispatchers const& dispatchers;
    Rates const& rates;
    TypeCounts const& types;
    asio::any_io_executor executor;
    milliseconds search_budget = 80ms;
};

/// The console's view of the broker, /api/v1/... (the bearer token has been checked already).
class Api {
public:
    explicit Api(ApiParts parts) : parts_(std::move(parts)), hub_(parts_.executor) {}

    Task<HttpAnswer> handle(HttpRequest& request);
    /// Tells live streams of a stored event.
    void publish(StoredEvent const& event);

private:
    Task<HttpAnswer> events(HttpRequest const& request);
    Task<HttpAnswer> event(std::string_view seq);
    Task<HttpAnswer> stream(HttpRequest const& request);
    HttpAnswer rates(HttpRequest const& request) const;
    HttpAnswer triggers() const;

    ApiParts parts_;
    SseHub hub_;
    std::int64_t newest_ = 0;  ///< seq of the last event published
};

}  // namespace millrace::broker
