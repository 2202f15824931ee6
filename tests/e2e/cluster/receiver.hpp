// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"

namespace millrace::test {

/// A subscriber on this machine, which pods of the cluster reach: remembers how often each id came.
class Receiver {
public:
    explicit Receiver(asio::io_context& io);

    /// `subscriber` of a Trigger.
    std::string subscriber() const;
    std::size_t count(std::string const& id) const;
    std::size_t distinct() const { return counts_.size(); }
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request);

    std::map<std::string, std::size_t> counts_;
    HttpServer server_;
};

/// Posts one event without data until the Broker says 202, as a source does; fails the test after
/// `limit`.
Task<void> post_event(
    HttpClient& client, std::string url, std::string id, std::string type, nanoseconds limit);

}  // namespace millrace::test
