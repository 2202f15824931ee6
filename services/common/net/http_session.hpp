// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <exception>

#include "common/net/body_budget.hpp"
#include "common/net/http_server.hpp"

namespace millrace {

class Transport;

/// One connection of an HttpServer: request after request until one side ends it.
class HttpSession {
public:
    /// What the sessions of one server share. Outlives them.
    struct Shared {
        HttpServerOptions& options;
        HttpHandler const& handler;
        BodyBudget& bodies;
        bool const& is_stopping;  ///< the request under way is the connection's last
    };
    /// `is_full`: the connection is one too many; only a probe is answered.
    Task<void> run(asio::ip::tcp::socket socket, Shared shared, bool is_full);

    /// A request is under way that should be let finish; waiting and streaming are not.
    bool is_busy() const { return busy_; }
    /// Since when it waits for a request of which nothing has come; nothing where it does not.
    std::optional<SteadyTime> idle_since() const { return idle_since_; }

private:
    struct Input;
    struct Peer {
        std::string name;
        bool over_tls = false;
        bool is_full = false;
    };
    Task<void> serve(Transport& transport, Peer peer);
    /// One request and its answer. False: the connection ends.
    Task<bool> serve_one(Transport& transport, Input& input, Peer const& peer);
    Task<Result<bool>> read_request(
        Transport& transport, Input& input, BodyBudget::Share& share, HttpRequest& request);
    Task<bool> answer(Transport& transport, HttpRequest& request, Input const& input);
    Task<bool> refuse(Transport& transport, Error const& error, Input const& input);
    Task<bool> write_answer(
        Transport& transport, HttpAnswer& answer, bool is_head, Input const& input,
        bool keep_alive);

    HttpServerOptions* options_ = nullptr;
    HttpHandler const* handler_ = nullptr;
    BodyBudget* bodies_ = nullptr;
    bool const* is_stopping_ = nullptr;
    bool busy_ = false;
    std::optional<SteadyTime> idle_since_;
};

/// Logs what ended a session unless we stopped it ourselves.
void log_session_end(std::exception_ptr const& failure);

/// "Bad Request" for 400 and so on (RFC 9110 section 15).
std::string_view reason_phrase(int status);

}  // namespace millrace
