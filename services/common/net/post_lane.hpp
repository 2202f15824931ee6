// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/net/http_client.hpp"

namespace millrace {

/// One keep-alive connection on which prepared requests are sent one after another: what HttpClient
/// does, without its general parser, for the router's hot path. One request at a time.
class PostLane {
public:
    struct Answer {
        int status = 0;
        std::string retry_after;
        std::string accept_post;  ///< media types the server takes (Linked Data Platform 1.0, 7.1)
        std::string body;         ///< the first 1,024 bytes
    };

    /// `tls` may be nullptr for http and must outlive the lane.
    PostLane(asio::any_io_executor executor, Url url, TlsContext* tls);
    ~PostLane();

    /// Sends `request` (a whole HTTP/1.1 message) and reads the answer, all within `limit`. A kept
    /// connection that the server ended meanwhile is replaced once. Answers over 64 KiB, or that
    /// are not HTTP/1.1, end the connection. Errors: `unavailable`, `closed`, `timed_out`,
    /// `invalid`, `too_large`.
    Task<Result<Answer>> post(std::string_view request, nanoseconds limit);
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The head of a response, as far as a keep-alive client needs it.
struct ResponseHead {
    enum class State { incomplete, complete, malformed };
    State state = State::incomplete;
    int status = 0;
    std::size_t head_bytes = 0;
    std::size_t content_length = 0;
    bool has_length = false;
    bool chunked = false;
    bool close = false;
    std::string_view retry_after;
    std::string_view accept_post;
};

/// Strict on what matters (RFC 9112): status line, one Content-Length of digits only, none beside
/// Transfer-Encoding. Pure.
ResponseHead parse_response_head(std::string_view bytes);

}  // namespace millrace
