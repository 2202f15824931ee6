// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "common/base/json.hpp"
#include "common/net/http_server.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// A subscriber that remembers the ids of its events and where they came to.
class Subscriber {
public:
    explicit Subscriber(asio::io_context& io)
        : server_(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
        server_.start();
    }

    std::string url() const { return server_.url() + "/"; }
    bool has(std::string const& id) const { return ids_.contains(id); }
    std::string const& last_path() const { return last_path_; }
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request);

    std::set<std::string> ids_;
    std::string last_path_;
    HttpServer server_;
};

/// A broker on running_api() whose state folder holds its log and no objects.
class RunningBroker {
public:
    /// `flags` beside those of the store, the state and the token.
    explicit RunningBroker(std::vector<std::string> flags = {});

    ChildService& process() { return broker_; }
    ChildService const& process() const { return broker_; }
    /// Posts an event to the Broker default/default; its status.
    Task<int> post(std::string id, std::string type) const;
    Task<int> post_to(std::string path, std::string id, std::string type) const;
    /// The body of /status; null where there is no answer.
    Task<Json> status() const;
    /// The answer of /readyz: its status and body.
    Task<HttpResponse> readiness() const;
    /// Where it listens, before it is ready, too.
    std::string url() const;

private:
    Task<HttpResponse> get(std::string path) const;

    TemporaryFolder folder_;
    ChildService broker_;
};

}  // namespace millrace::test
