// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/http_message.hpp"
#include "common/net/task.hpp"
#include "common/net/tls.hpp"

namespace millrace {

/// The parts of an http or https URL that a client needs.
struct Url {
    bool tls = false;
    std::string host;
    std::string port;          ///< as text; 80 or 443 where absent
    std::string target = "/";  ///< path and query, percent-encoded

    /// "https://host:port", the port only where it is not the scheme's own.
    std::string origin() const;
    /// Value of the Host header.
    std::string authority() const;
};

/// Only http and https, no user info, no fragment. Errors: `invalid` with what is wrong.
Result<Url> parse_url(std::string_view text);

struct HttpClientOptions {
    std::optional<TlsContext> tls;          ///< needed for https
    std::string unix_socket;                ///< set: all is asked there
    std::size_t idle_connections_max = 64;  ///< kept for reuse, per origin
    milliseconds idle_timeout = 8s;         ///< below the 10 s after which Knative closes (F14)
    milliseconds connect_timeout = 5s;      ///< DNS, TCP and TLS together
    std::size_t response_bytes_max = 64 << 20;
    std::size_t header_bytes_max = 65'536;
};

/// Reads a streamed response body piece by piece.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// The next bytes; empty at the end. Errors: `closed`, `timed_out` after `limit` of silence.
    virtual Task<Result<std::string>> read(nanoseconds limit) = 0;
};

struct StreamedResponse {
    int status = 0;
    Headers headers;
    std::unique_ptr<BodyReader> body;
};

/// What is done with a connection kept from an earlier request, which the server may close at any
/// moment: nobody can tell then whether it has read the request (RFC 9112 section 9.3.1).
enum class KeptConnection {
    repeat,  ///< used; closed before any byte of an answer, the request goes once more on a new one
    once,    ///< used; closed before any byte of an answer, the request has failed (`closed`)
    avoid,   ///< not used: the request has a new connection
};

/// HTTP/1.1 client with keep-alive pools. Redirects are never followed (F24).
class HttpClient {
public:
    HttpClient(asio::any_io_executor executor, HttpClientOptions options);
    ~HttpClient();

    /// Sends `request` (its path and query are replaced by the URL's) and reads the whole answer
    /// within `limit`. Errors: `unavailable` (cannot connect, TLS refused, reason included),
    /// `closed`, `timed_out`, `too_large`, `invalid` (not HTTP).
    Task<Result<HttpResponse>> send(
        Url const& url, HttpRequest const& request, nanoseconds limit,
        KeptConnection kept = KeptConnection::repeat);

    /// As send, but returns after the headers; the body is read by the caller.
    Task<Result<StreamedResponse>> open(
        Url const& url, HttpRequest const& request, nanoseconds limit);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace millrace
