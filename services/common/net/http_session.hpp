// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <exception>

#include "common/net/body_budget.hpp"
#include "common/net/http_server.hpp"
#include "common/net/transport.hpp"

namespace millrace {

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
    struct Peer {
        std::string name;  ///< "192.0.2.7:51234"
        bool over_tls = false;
        bool is_full = false;  ///< the connection is one too many; only a probe is answered
    };
    Task<void> run(StreamSocket socket, Shared shared, Peer peer);

    /// A request is under way that should be let finish; waiting and streaming are not.
    bool is_busy() const { return busy_; }
    /// Since when it waits for a request of which nothing has come; nothing where it does not.
    std::optional<SteadyTime> idle_since() const { return idle_since_; }

private:
    struct Input;
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
