// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/field_fault.hpp"
#include "common/base/http_message.hpp"
#include "common/base/secret.hpp"
#include "common/net/task.hpp"
#include "common/net/task_group.hpp"
#include "common/net/tls.hpp"

namespace millrace {

/// Writes a response body piece by piece (SSE, log follow). Valid while the stream function runs.
class BodyWriter {
public:
    virtual ~BodyWriter() = default;
    /// Sends one chunk. Errors: `closed` when the peer is gone, `timed_out` when it does not read.
    virtual Task<Result<void>> write(std::string_view bytes) = 0;
    /// Leaves the body without its end: when the stream function returns, the connection closes and
    /// the peer knows that what it has is not all.
    virtual void abandon() = 0;
};

/// What a handler answers: a whole response, or headers and a function that writes the body.
struct HttpAnswer : HttpResponse {
    /// Must not throw.
    using Stream = std::function<Task<void>(BodyWriter&)>;
    Stream stream;

    HttpAnswer() = default;
    HttpAnswer(HttpResponse response) : HttpResponse(std::move(response)) {}  // NOLINT: converts
};

/// Called for each request; must not throw. `request` lives until the answer is sent.
using HttpHandler = std::function<Task<HttpAnswer>(HttpRequest& request)>;

/// A socket in the file system, mode 0660.
struct UnixSocket {
    std::string path;            ///< one that is left there from before is replaced
    std::optional<gid_t> group;  ///< who may connect beside its owner; nothing: the process's
};

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                 ///< 0: any free one
    std::optional<UnixSocket> unix_socket;  ///< set: listens there, and on no address
    std::optional<TlsContext> tls;
    /// With more the one that has been idle for longest gives way; where none is idle, another is
    /// answered 503 and closed, unless it asks for a path of `probes`.
    std::size_t connections_max = 1024;
    std::vector<std::string> probes = {"/healthz", "/readyz"};
    std::size_t header_bytes_max = 65'536;  ///< more: 431
    std::size_t body_bytes_max = 1 << 20;   ///< more: 413
    /// Of all bodies that are being read or worked on; what does not fit is answered 503.
    std::size_t bodies_bytes_max = 64 << 20;
    milliseconds header_timeout = 5s;  ///< from the first byte of a request: 408
    milliseconds body_timeout = 30s;   ///< for the whole body: 408
    milliseconds idle_timeout = 75s;   ///< keep-alive without a request: closed
    milliseconds write_timeout = 30s;  ///< for one write to a peer that does not read
    Headers answer_headers;            ///< added to every answer that does not have them
};

/// HTTP/1.1 with keep-alive. Malformed requests get 400; Transfer-Encoding with Content-Length, two
/// Content-Lengths and other smuggling get 400 and a closed connection (fault F37); a transfer
/// coding that is not "chunked" gets 501. A handler that throws is answered 500.
class HttpServer {
public:
    /// Binds and listens; throws StartupError naming the address if it cannot.
    HttpServer(asio::any_io_executor executor, HttpServerOptions options, HttpHandler handler);
    ~HttpServer();

    /// Begins to accept.
    void start();
    /// Pre: it listens on an address.
    std::uint16_t port() const;
    /// "http://127.0.0.1:8080" or "https://..."; "unix:" and the path of a unix socket.
    std::string url() const;

    /// Stops accepting, lets requests under way finish within `grace`, then closes all.
    Task<void> stop(nanoseconds grace);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// text/plain answer.
HttpAnswer text_answer(int status, std::string text);
/// application/json answer.
HttpAnswer json_answer(int status, std::string json);
/// 204.
HttpAnswer empty_answer();
/// RFC 9457 problem document: `code` becomes the type URN "urn:millrace:problem:<code>". `faults`
/// are its member "errors", where there are any.
HttpAnswer problem_answer(
    int status, std::string_view code, std::string_view detail, FieldFaults const& faults = {});
/// The status that fits `error.code`: invalid 400, not_found 404, conflict 409, too_large 413,
/// unsupported 415, unauthenticated 401, forbidden 403, timed_out 504, unavailable and closed 502,
/// storage 503.
HttpAnswer problem_answer(Error const& error);

/// Whether the request has "Authorization: Bearer <token>".
bool has_bearer(HttpRequest const& request, Secret const& token);

}  // namespace millrace
