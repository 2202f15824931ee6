// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_session.hpp"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/base/assert.hpp"
#include "common/base/log.hpp"

namespace millrace {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t read_bytes = 16'384;
constexpr milliseconds handshake_timeout = 10s;
/// For one connection too many to say that it is a probe.
constexpr milliseconds full_idle_timeout = 2s;
/// How much of a refused body is read, so that its sender gets to read the refusal.
constexpr milliseconds refused_limit = 2s;
constexpr std::size_t refused_bytes_max = 16 << 20;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// The answer to bytes that are no acceptable request.
HttpAnswer refusal_of(Error const& error, bool body_too_large) {
    if (error.code == ErrorCode::unavailable) {
        HttpAnswer busy = problem_answer(503, "unavailable", error.detail);
        busy.headers.add("Retry-After", "1");
        return busy;
    }
    if (error.code == ErrorCode::unsupported)
        return problem_answer(501, "request.unknownCoding", error.detail);
    if (error.code == ErrorCode::too_large)
        return problem_answer(body_too_large ? 413 : 431, "request.tooLarge", error.detail);
    if (error.code == ErrorCode::timed_out)
        return problem_answer(408, "request.tooSlow", error.detail);
    return problem_answer(400, "request.malformed", error.detail);
}

/// The path and query of a target: a proxy's form has scheme and host before (RFC 9112, 3.2.2).
std::string_view origin_form(std::string_view target) {
    for (std::string_view const scheme : {"http://", "https://"})
        if (target.starts_with(scheme)) {
            auto const path = target.find('/', scheme.size());
            return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
        }
    return target;
}

void copy_request(http::request<http::string_body>& from, HttpRequest& to) {
    to.method = std::string(view(from.method_string()));
    std::string_view const target = origin_form(view(from.target()));
    auto const question = target.find('?');
    to.path = std::string(target.substr(0, question));
    to.query = question == std::string_view::npos ? "" : std::string(target.substr(question + 1));
    for (auto const& field : from)
        to.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
    to.body = std::move(from.body());
}

/// What the answer says of the connection.
enum class Connection { keep, keep_for_http_1_0, close };

/// Where a body ends that is written piece by piece.
enum class BodyEnd {
    last_chunk,
    connection,  ///< HTTP/1.0 knows no chunks (RFC 9112 section 6.1)
};

std::string header_text(
    HttpAnswer const& answer, Headers const& more, Connection connection, BodyEnd end) {
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                       std::string(reason_phrase(answer.status)) + "\r\n";
    for (auto const& [name, value] : answer.headers) {
        MILLRACE_ASSERT(value.find_first_of("\r\n") == std::string::npos);
        text.append(name).append(": ").append(value).append("\r\n");
    }
    for (auto const& [name, value] : more)
        if (!answer.headers.contains(name))
            text.append(name).append(": ").append(value).append("\r\n");
    bool const has_no_body = answer.status == 204 || answer.status == 304 || answer.status < 200;
    if (answer.stream && end == BodyEnd::last_chunk)
        text += "Transfer-Encoding: chunked\r\n";
    else if (!answer.stream && !has_no_body)
        text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    if (connection != Connection::keep)
        text += connection == Connection::close ? "Connection: close\r\n"
                                                : "Connection: keep-alive\r\n";
    return text + "\r\n";
}

/// Chunked transfer coding (RFC 9112 section 7.1), or the bytes as they are.
class ChunkWriter final : public BodyWriter {
public:
    ChunkWriter(Transport& transport, nanoseconds limit, BodyEnd end)
        : transport_(transport),
          limit_(limit),
          end_(end) {}

    Task<Result<void>> write(std::string_view bytes) override {
        if (bytes.empty())
            co_return Result<void>();
        if (end_ == BodyEnd::connection)
            co_return co_await transport_.write(
                {asio::const_buffer(bytes.data(), bytes.size()), {}}, limit_);
        char size[24];
        int const length = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
        std::string chunk(size, static_cast<std::size_t>(length));
        chunk += bytes;
        chunk += "\r\n";
        co_return co_await transport_.write({asio::buffer(chunk), asio::const_buffer()}, limit_);
    }
    void abandon() override { abandoned_ = true; }
    bool abandoned() const { return abandoned_; }

private:
    Transport& transport_;
    nanoseconds limit_;
    BodyEnd end_;
    bool abandoned_ = false;
};

}  // namespace

struct HttpSession::Input {
    beast::flat_buffer buffer;
    bool in_header = true;
    bool body_too_large = false;
    bool keep_alive = true;
    bool is_http_1_0 = false;
    milliseconds idle_timeout{};
};

namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

/// RFC 9110 section 10.1.1: not of HTTP/1.0, whose clients do not know what to do with it.
bool waits_to_continue(http::request<http::string_body> const& message) {
    return message.version() >= 11 && beast::iequals(message[http::field::expect], "100-continue");
}

/// What is wrong with a request that could be read.
Result<void> check_request(http::request<http::string_body> const& message) {
    for (auto const field :
         {http::field::content_length, http::field::host, http::field::content_type})
        if (message.count(field) > 1)
            return failure(ErrorCode::invalid, "A header that may stand once stands twice.");
    if (message.version() >= 11 && message.count(http::field::host) == 0)
        return failure(ErrorCode::invalid, "A request of HTTP/1.1 has a Host header.");
    auto const coding = view(message[http::field::transfer_encoding]);
    // RFC 9112 section 6.1: HTTP/1.0 has none, whoever sends it means another length than we read.
    if (!coding.empty() && message.version() < 11)
        return failure(ErrorCode::invalid, "A request of HTTP/1.0 has no Transfer-Encoding.");
    if (!coding.empty() && !beast::iequals(message[http::field::transfer_encoding], "chunked"))
        return failure(
            ErrorCode::unsupported, "The transfer coding \"" + std::string(coding.substr(0, 80)) +
                                        "\" is not known; only chunked is.");
    return {};
}

}  // namespace

/// False: the peer ended the connection between two requests, or was idle too long.
Task<Result<bool>> HttpSession::read_request(
    Transport& transport, Input& input, BodyBudget::Share& share, HttpRequest& request) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options_->header_bytes_max));
    parser.body_limit(options_->body_bytes_max);
    parser.eager(true);
    input.in_header = true;
    SteadyTime deadline = steady_now() + input.idle_timeout;
    idle_since_ = steady_now();
    bool begun = false;
    bool told_to_continue = false;
    while (!parser.is_done()) {
        if (input.buffer.size() > 0) {
            if (!begun)
                deadline = steady_now() + options_->header_timeout;
            begun = true;
            idle_since_.reset();
            boost::system::error_code code;
            input.buffer.consume(parser.put(input.buffer.data(), code));
            input.body_too_large = code == http::error::body_limit;
            if (code && code != http::error::need_more)
                co_return std::unexpected(to_error(code, "The request is not acceptable"));
            if (input.in_header && parser.is_header_done()) {
                input.in_header = false;
                deadline = steady_now() + options_->body_timeout;
            }
            if (!share.grow_to(parser.get().body().size()))
                co_return failure(
                    ErrorCode::unavailable, "Too many requests with a body are under way.");
            if (parser.is_done())
                break;
            // The parser waits for the end of a line: a chunk's size with extensions, a trailer.
            input.body_too_large =
                !input.in_header && input.buffer.size() > options_->header_bytes_max;
            if (input.body_too_large)
                co_return failure(
                    ErrorCode::too_large, "A line in the request's body is too long.");
        }
        if (!input.in_header && !told_to_continue && waits_to_continue(parser.get())) {
            told_to_continue = true;
            co_await transport.write({asio::buffer(go_on), {}}, options_->write_timeout);
        }
        nanoseconds const left = deadline - steady_now();
        if (left <= 0ns)
            co_return failure(ErrorCode::timed_out, "The request came too slowly.");
        auto const space = input.buffer.prepare(read_bytes);
        auto const got = co_await transport.read_some(space, left);
        if (!got && !begun)
            co_return false;
        if (!got)
            co_return std::unexpected(got.error());
        input.buffer.commit(*got);
    }
    auto message = parser.release();
    if (auto const acceptable = check_request(message); !acceptable)
        co_return std::unexpected(acceptable.error());
    input.keep_alive = message.keep_alive();
    input.is_http_1_0 = message.version() < 11;
    copy_request(message, request);
    co_return true;
}

Task<bool> HttpSession::write_answer(
    Transport& transport, HttpAnswer& answer, bool is_head, Input const& input, bool keep_alive) {
    // A stream has the connection to itself: what the peer sends meanwhile is its end.
    keep_alive = keep_alive && !answer.stream;
    Connection const connection = !keep_alive         ? Connection::close
                                  : input.is_http_1_0 ? Connection::keep_for_http_1_0
                                                      : Connection::keep;
    BodyEnd const end = input.is_http_1_0 ? BodyEnd::connection : BodyEnd::last_chunk;
    std::string const header = header_text(answer, options_->answer_headers, connection, end);
    bool const has_body =
        !is_head && !answer.stream && answer.status != 204 && answer.status != 304;
    auto const body = has_body ? asio::buffer(answer.body) : asio::const_buffer();
    auto const written =
        co_await transport.write({asio::buffer(header), body}, options_->write_timeout);
    if (!written)
        co_return false;
    if (!answer.stream || is_head)
        co_return keep_alive;
    busy_ = false;
    ChunkWriter writer(transport, options_->write_timeout, end);
    using namespace asio::experimental::awaitable_operators;
    // Who has gone is noticed at once, not when there is something to write.
    auto const first = co_await (answer.stream(writer) || transport.wait_for_peer());
    std::string const last = "0\r\n\r\n";
    if (first.index() == 0 && !writer.abandoned() && end == BodyEnd::last_chunk)
        co_await transport.write({asio::buffer(last), {}}, options_->write_timeout);
    co_return false;
}

Task<bool> HttpSession::answer(Transport& transport, HttpRequest& request, Input const& input) {
    HttpAnswer answer;
    std::exception_ptr failure;
    try {
        answer = co_await (*handler_)(request);
    } catch (std::exception const&) {
        failure = std::current_exception();
    }
    bool const is_head = request.method == "HEAD";
    bool const keep_alive = input.keep_alive && !*is_stopping_;
    if (!failure)
        co_return co_await write_answer(transport, answer, is_head, input, keep_alive);
    // The peer must not take the silence for a connection that broke and send it again.
    answer = problem_answer(500, "internal", "The request failed; the log says why.");
    co_await write_answer(transport, answer, is_head, input, false);
    std::rethrow_exception(failure);
}

Task<bool> HttpSession::refuse(Transport& transport, Error const& error, Input const& input) {
    if (error.code == ErrorCode::closed || error.code == ErrorCode::canceled)
        co_return false;
    HttpAnswer refusal = refusal_of(error, input.body_too_large);
    co_await write_answer(transport, refusal, false, input, false);
    if (refusal.status == 413 || refusal.status == 503)
        co_await transport.drain(refused_limit, refused_bytes_max);
    co_return false;
}

Task<bool> HttpSession::serve_one(Transport& transport, Input& input, Peer const& peer) {
    HttpRequest request;
    request.peer = peer.name;
    request.over_tls = peer.over_tls;
    BodyBudget::Share share(*bodies_);
    auto const got = co_await read_request(transport, input, share, request);
    idle_since_.reset();
    if (got && !*got)
        co_return false;
    busy_ = true;
    if (!got)
        co_return co_await refuse(transport, got.error(), input);
    bool const is_probe =
        std::ranges::find(options_->probes, request.path) != options_->probes.end();
    if (peer.is_full && !is_probe) {
        HttpAnswer refusal = problem_answer(503, "tooManyConnections", "Too many connections.");
        refusal.headers.add("Retry-After", "1");
        co_return co_await write_answer(transport, refusal, false, input, false);
    }
    input.keep_alive = input.keep_alive && !peer.is_full;
    bool const again = co_await answer(transport, request, input);
    busy_ = false;
    co_return again;
}

Task<void> HttpSession::serve(Transport& transport, Peer peer) {
    Input input;
    input.idle_timeout = peer.is_full ? full_idle_timeout : options_->idle_timeout;
    while (co_await serve_one(transport, input, peer)) {
    }
    co_await transport.shutdown(1s);
}

Task<void> HttpSession::run(StreamSocket socket, Shared shared, Peer peer) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    options_ = &shared.options;
    handler_ = &shared.handler;
    bodies_ = &shared.bodies;
    is_stopping_ = &shared.is_stopping;
    TlsContext* const tls = shared.options.tls ? &*shared.options.tls : nullptr;
    auto accepted = co_await accept_transport(std::move(socket), tls, handshake_timeout);
    if (accepted)
        co_await serve(**accepted, std::move(peer));
}

void log_session_end(std::exception_ptr const& failure) {
    if (!failure)
        return;
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted)
            log::error("Connection ended by an error.", {{"error", error.what()}});
    } catch (std::exception const& error) {
        log::error("Connection ended by an error.", {{"error", error.what()}});
    }
}

std::string_view reason_phrase(int status) {
    auto const text = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
    return {text.data(), text.size()};
}

}  // namespace millrace
