// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <map>
#include <optional>

#include "common/net/transport.hpp"

namespace millrace {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t read_bytes = 32'768;
constexpr int interim_max = 10;

struct Idle {
    std::unique_ptr<Transport> transport;
    SteadyTime since;
};

std::string request_text(Url const& url, HttpRequest const& request) {
    std::string text =
        request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n";
    for (auto const& [name, value] : request.headers) {
        text += name + ": ";
        // A line break in a value would begin a header of its own.
        for (char const c : value)
            text += c == '\r' || c == '\n' ? ' ' : c;
        text += "\r\n";
    }
    bool const has_body = !request.body.empty() || request.method == "POST" ||
                          request.method == "PUT" || request.method == "PATCH";
    if (has_body)
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return text + "\r\n";
}

void copy_headers(http::response<http::string_body> const& from, Headers& to) {
    for (auto const& field : from)
        to.add(
            std::string(field.name_string().data(), field.name_string().size()),
            std::string(field.value().data(), field.value().size()));
}

/// A request that has been sent, and what came back of it so far.
struct Exchange {
    struct Limits {
        std::size_t header_bytes_max = 0;
        std::optional<std::size_t> body_bytes_max;  ///< nothing: a stream, which has no natural end
        bool is_head = false;
    };
    explicit Exchange(Limits with) : limits(with) { expect_answer(); }

    /// What comes next is read as a new answer.
    void expect_answer() {
        auto& fresh = parser.emplace();
        fresh.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        fresh.body_limit(
            limits.body_bytes_max ? boost::optional<std::uint64_t>(*limits.body_bytes_max)
                                  : boost::none);
        fresh.eager(true);
        if (limits.is_head)
            fresh.skip(true);
    }

    Limits limits;
    std::unique_ptr<Transport> transport;
    std::optional<http::response_parser<http::string_body>> parser;
    beast::flat_buffer buffer;
    bool any_byte = false;

    /// Reads the headers of the final answer. Interim answers (1xx) come before it and are passed
    /// over (RFC 9110 section 15.2); 101 is final, since we never ask for another protocol.
    Task<Result<void>> read_head(SteadyTime deadline) {
        for (int interim = 0; interim <= interim_max; ++interim) {
            auto const read =
                co_await read_until([this] { return parser->is_header_done(); }, deadline);
            unsigned const status = read ? parser->get().result_int() : 0;
            if (!read || status == 101 || status < 100 || status >= 200)
                co_return read;
            expect_answer();
        }
        co_return failure(ErrorCode::invalid, "The answer has too many interim answers (1xx).");
    }

    /// Reads until `done()`; the end of the connection ends a body without a length.
    template <class Done>
    Task<Result<void>> read_until(Done done, SteadyTime deadline) {
        while (!done()) {
            boost::system::error_code code;
            if (buffer.size() > 0) {
                buffer.consume(parser->put(buffer.data(), code));
                if (code && code != http::error::need_more)
                    co_return std::unexpected(to_error(code, "The answer is not acceptable"));
                if (done())
                    break;
                // The parser waits for the end of a line: a chunk's size with extensions, a
                // trailer.
                if (parser->is_header_done() && buffer.size() > limits.header_bytes_max)
                    co_return failure(
                        ErrorCode::too_large, "A line in the answer's body is too long.");
            }
            nanoseconds const left = deadline - steady_now();
            if (left <= 0ns)
                co_return failure(ErrorCode::timed_out, "No answer in time.");
            auto const got = co_await transport->read_some(buffer.prepare(read_bytes), left);
            if (!got && got.error().code == ErrorCode::closed && parser->is_header_done()) {
                parser->put_eof(code);
                if (!code && parser->is_done())
                    break;
            }
            if (!got && got.error().code == ErrorCode::closed && !any_byte)
                co_return failure(
                    ErrorCode::closed, "The connection was closed before an answer came.");
            if (!got)
                co_return std::unexpected(got.error());
            any_byte = true;
            buffer.commit(*got);
        }
        co_return Result<void>();
    }
};

}  // namespace

struct HttpClient::State {
    State(asio::any_io_executor on, HttpClientOptions with)
        : executor(std::move(on)),
          options(std::move(with)) {}

    asio::any_io_executor executor;
    HttpClientOptions options;
    std::map<std::string, std::deque<Idle>> idle;

    std::unique_ptr<Transport> take_idle(std::string const& origin);
    void put_idle(std::string const& origin, std::unique_ptr<Transport> transport);
    Task<Result<void>> begin(
        Exchange& exchange, Url const& url, HttpRequest const& request, SteadyTime deadline,
        KeptConnection kept);
    Task<Result<void>> begin_on(
        Exchange& exchange, Url const& url, HttpRequest const& request, SteadyTime deadline);
};

std::unique_ptr<Transport> HttpClient::State::take_idle(std::string const& origin) {
    auto& pool = idle[origin];
    auto const oldest = steady_now() - options.idle_timeout;
    while (!pool.empty() && pool.front().since < oldest)
        pool.pop_front();
    // The most recently used first: the others may then time out.
    while (!pool.empty()) {
        auto transport = std::move(pool.back().transport);
        pool.pop_back();
        if (!transport->is_stale())
            return transport;
    }
    return nullptr;
}

void HttpClient::State::put_idle(std::string const& origin, std::unique_ptr<Transport> transport) {
    auto& pool = idle[origin];
    if (pool.size() >= options.idle_connections_max)
        pool.pop_front();
    SteadyTime const now = steady_now();
    pool.push_back({std::move(transport), now});
    // Those of origins that are not asked any more go, too.
    for (auto at = idle.begin(); at != idle.end();) {
        while (!at->second.empty() && at->second.front().since < now - options.idle_timeout)
            at->second.pop_front();
        at = at->second.empty() ? idle.erase(at) : std::next(at);
    }
}

Task<Result<void>> HttpClient::State::begin_on(
    Exchange& exchange, Url const& url, HttpRequest const& request, SteadyTime deadline) {
    std::string const header = request_text(url, request);
    auto const sent = co_await exchange.transport->write(
        {asio::buffer(header), asio::buffer(request.body)}, deadline - steady_now());
    if (!sent)
        co_return std::unexpected(sent.error());
    co_return co_await exchange.read_head(deadline);
}

/// Sends and reads the headers, on an idle connection if there is one and it is wanted.
Task<Result<void>> HttpClient::State::begin(
    Exchange& exchange, Url const& url, HttpRequest const& request, SteadyTime deadline,
    KeptConnection kept) {
    if (kept != KeptConnection::avoid)
        exchange.transport = take_idle(url.origin());
    if (exchange.transport) {
        auto reused = co_await begin_on(exchange, url, request, deadline);
        bool const was_closed =
            !reused && !exchange.any_byte && reused.error().code == ErrorCode::closed;
        if (!was_closed || kept == KeptConnection::once)
            co_return reused;
    }
    auto const limit = std::min<nanoseconds>(options.connect_timeout, deadline - steady_now());
    auto connected =
        options.unix_socket.empty()
            ? co_await connect_transport(url, options.tls ? &*options.tls : nullptr, limit)
            : co_await connect_unix_transport(options.unix_socket, limit);
    if (!connected)
        co_return std::unexpected(connected.error());
    exchange.transport = std::move(*connected);
    co_return co_await begin_on(exchange, url, request, deadline);
}

HttpClient::HttpClient(asio::any_io_executor executor, HttpClientOptions options)
    : state_(std::make_shared<State>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::send(
    Url const& url, HttpRequest const& request, nanoseconds limit, KeptConnection kept) {
    auto const state = state_;
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    Exchange exchange(
        {.header_bytes_max = state->options.header_bytes_max,
         .body_bytes_max = state->options.response_bytes_max,
         .is_head = request.method == "HEAD"});
    auto done = co_await state->begin(exchange, url, request, deadline, kept);
    if (done)
        done = co_await exchange.read_until(
            [&exchange] { return exchange.parser->is_done(); }, deadline);
    if (!done)
        co_return std::unexpected(done.error());
    auto message = exchange.parser->release();
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    copy_headers(message, response.headers);
    response.body = std::move(message.body());
    // Only where the answer was read to its end and nothing came after it.
    bool const is_final = response.status >= 200;
    if (is_final && message.keep_alive() && exchange.buffer.size() == 0)
        state->put_idle(url.origin(), std::move(exchange.transport));
    co_return response;
}

namespace {

/// Hands out what the parser has collected, then reads on.
class ExchangeReader final : public BodyReader {
public:
    explicit ExchangeReader(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

    Task<Result<std::string>> read(nanoseconds limit) override {
        auto const deadline =
            steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
        auto& parser = *exchange_->parser;
        auto const got = co_await exchange_->read_until(
            [&parser] { return parser.is_done() || !parser.get().body().empty(); }, deadline);
        if (!got)
            co_return std::unexpected(got.error());
        co_return std::exchange(parser.get().body(), {});
    }

private:
    std::unique_ptr<Exchange> exchange_;
};

}  // namespace

Task<Result<StreamedResponse>> HttpClient::open(
    Url const& url, HttpRequest const& request, nanoseconds limit) {
    auto const state = state_;
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    // What is held at once of a stream is bounded by its reader.
    auto exchange = std::make_unique<Exchange>(Exchange::Limits{
        .header_bytes_max = state->options.header_bytes_max, .is_head = request.method == "HEAD"});
    auto const begun =
        co_await state->begin(*exchange, url, request, deadline, KeptConnection::repeat);
    if (!begun)
        co_return std::unexpected(begun.error());
    StreamedResponse response;
    response.status = static_cast<int>(exchange->parser->get().result_int());
    copy_headers(exchange->parser->get(), response.headers);
    response.body = std::make_unique<ExchangeReader>(std::move(exchange));
    co_return response;
}

}  // namespace millrace
