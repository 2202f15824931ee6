// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/net/http_server.hpp"

namespace millrace::test {

/// A subscriber on a real socket that writes down what it gets before it answers.
class Subscriber {
public:
    struct Receipt {
        HttpRequest request;
        SystemTime at;
        std::string id() const { return std::string(request.headers.get("ce-id")); }
    };
    /// What to answer to the `nth` (from 1) receipt of this event id.
    using Script = std::function<HttpResponse(HttpRequest const& request, int nth)>;

    explicit Subscriber(asio::io_context& io, HttpServerOptions options = {});

    void answer_by(Script script) { script_ = std::move(script); }
    /// Each answer takes this long.
    void delay(milliseconds by) { delay_ = by; }

    std::string url() const { return server_.url(); }
    std::vector<Receipt> const& receipts() const { return receipts_; }
    int count(std::string const& id) const;
    std::size_t distinct() const { return counts_.size(); }
    /// Waits until `condition` holds; fails the test after `limit`.
    Task<void> wait_for(std::function<bool()> condition, milliseconds limit = 20s);
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request);

    Script script_;
    milliseconds delay_ = 0ms;
    std::vector<Receipt> receipts_;
    std::map<std::string, int> counts_;
    HttpServer server_;
};

}  // namespace millrace::test
