// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <exception>

#include "common/net/http_server.hpp"

namespace millrace {

class Transport;

/// One connection of an HttpServer: request after request until one side ends it.
class HttpSession {
public:
    /// `is_full`: the connection is one too many; it is answered 503 and closed.
    Task<void> run(
        asio::ip::tcp::socket socket, HttpServerOptions& options, HttpHandler const& handler,
        bool is_full);

    /// A request is under way that should be let finish; waiting and streaming are not.
    bool is_busy() const { return busy_; }

private:
    struct Input;
    Task<Result<bool>> read_request(Transport& transport, Input& input, HttpRequest& request);
    Task<bool> answer(Transport& transport, HttpRequest& request, bool keep_alive);
    Task<bool> write_answer(
        Transport& transport, HttpAnswer& answer, bool is_head, bool keep_alive);

    HttpServerOptions* options_ = nullptr;
    HttpHandler const* handler_ = nullptr;
    bool busy_ = false;
};

/// Logs what ended a session unless we stopped it ourselves.
void log_session_end(std::exception_ptr const& failure);

/// "Bad Request" for 400 and so on (RFC 9110 section 15).
std::string_view reason_phrase(int status);

}  // namespace millrace
