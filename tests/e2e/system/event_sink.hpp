// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/net/http_server.hpp"
#include "tests/e2e/system/conservation.hpp"

namespace millrace::test {

/// An HTTP server that takes binary CloudEvents of the router and remembers them.
class EventSink {
public:
    struct Manners {
        std::size_t refuse_one_of = 0;  ///< 503 to each such request; 0: to none
        milliseconds delay = 0ms;       ///< before each answer
    };
    explicit EventSink(asio::io_context& io) : EventSink(io, Manners()) {}
    EventSink(asio::io_context& io, Manners manners);

    std::string url() const { return server_.url() + "/"; }
    std::size_t requests() const { return requests_; }
    std::size_t refused() const { return refused_; }
    /// What was answered 202, in order: only that counts as received.
    std::vector<Receipt> const& taken() const { return taken_; }
    std::size_t distinct() const { return distinct_.size(); }
    bool has(std::int64_t key) const { return distinct_.contains(key); }
    /// How many events after event `key` it has.
    std::size_t distinct_after(std::int64_t key) const {
        return static_cast<std::size_t>(std::distance(distinct_.upper_bound(key), distinct_.end()));
    }
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request);

    Manners manners_;
    std::size_t requests_ = 0;
    std::size_t refused_ = 0;
    std::vector<Receipt> taken_;
    std::set<std::int64_t> distinct_;
    HttpServer server_;
};

}  // namespace millrace::test
