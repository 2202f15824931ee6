// SPDX-License-Identifier: Apache-2.0
#include "common/net/transport.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "common/net/tls_native.hpp"

namespace millrace {
namespace {

namespace ssl = asio::ssl;
using asio::ip::tcp;
using local = asio::local::stream_protocol;
using TlsStream = ssl::stream<StreamSocket>;

StreamSocket& lowest(StreamSocket& socket) {
    return socket;
}
StreamSocket& lowest(TlsStream& stream) {
    return stream.next_layer();
}

/// Cancels the socket's operations when one takes longer than its limit, leaving the connection
/// open, so that an answer (408) can still be sent. Setting a limit costs a store: one timer wait
/// serves many operations, since it looks at the current deadline only when it fires.
class Deadline {
public:
    explicit Deadline(StreamSocket& socket)
        : state_(std::make_shared<State>(
              State{.timer = asio::steady_timer(socket.get_executor()), .socket = &socket})) {}
    Deadline(Deadline const&) = delete;
    Deadline& operator=(Deadline const&) = delete;
    ~Deadline() {
        state_->socket = nullptr;
        state_->timer.cancel();
    }

    void begin(nanoseconds limit) {
        state_->expired = false;
        state_->pending = true;
        auto const longest = std::min<nanoseconds>(limit, std::chrono::hours(24));
        state_->at = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(longest);
        if (!state_->armed || state_->timer.expiry() > state_->at)
            arm(state_);
    }

    /// The operation's own error, or `timed_out` if this cancelled it.
    boost::system::error_code end(boost::system::error_code code) {
        state_->pending = false;
        bool const cut = code == asio::error::operation_aborted && state_->expired;
        return cut ? boost::system::error_code(asio::error::timed_out) : code;
    }

private:
    struct State {
        asio::steady_timer timer;
        StreamSocket* socket = nullptr;
        SteadyTime at;
        bool armed = false;
        bool pending = false;
        bool expired = false;
        std::uint64_t arming = 0;
    };

    static void arm(std::shared_ptr<State> const& state) {
        state->armed = true;
        std::uint64_t const arming = ++state->arming;
        state->timer.expires_at(state->at);
        state->timer.async_wait([state, arming](boost::system::error_code) {
            if (state->socket == nullptr || arming != state->arming)
                return;
            state->armed = false;
            if (!state->pending)
                return;
            if (steady_now() < state->at)
                return arm(state);
            state->expired = true;
            boost::system::error_code ignored;
            state->socket->cancel(ignored);
        });
    }

    std::shared_ptr<State> state_;
};

template <class Stream>
class StreamTransport final : public Transport {
public:
    explicit StreamTransport(std::unique_ptr<Stream> stream)
        : stream_(std::move(stream)),
          deadline_(lowest(*stream_)) {}

    Task<Result<std::size_t>> read_some(asio::mutable_buffer to, nanoseconds limit) override {
        deadline_.begin(limit);
        auto [code, count] = co_await stream_->async_read_some(to, as_result);
        code = deadline_.end(code);
        if (code)
            co_return std::unexpected(to_error(code, "Cannot read"));
        co_return count;
    }

    Task<Result<void>> write(
        std::array<asio::const_buffer, 2> buffers, nanoseconds limit) override {
        deadline_.begin(limit);
        auto [code, count] = co_await asio::async_write(*stream_, buffers, as_result);
        code = deadline_.end(code);
        if (code)
            co_return std::unexpected(to_error(code, "Cannot send"));
        co_return Result<void>();
    }

    Result<std::size_t> write_now(asio::const_buffer from) override {
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            return 0;
        } else {
            boost::system::error_code code;
            if (!stream_->non_blocking())
                stream_->non_blocking(true, code);
            std::size_t const count = code ? 0 : stream_->send(from, 0, code);
            if (code && code != asio::error::would_block)
                return std::unexpected(to_error(code, "Cannot send"));
            return count;
        }
    }

    Task<void> shutdown(nanoseconds limit) override {
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            deadline_.begin(limit);
            auto const [code] = co_await stream_->async_shutdown(as_result);
            // The connection ends either way.
            [[maybe_unused]] auto const ended = deadline_.end(code);
        } else {
            boost::system::error_code ignored;
            static_cast<void>(stream_->shutdown(StreamSocket::shutdown_send, ignored));
        }
        close();
        co_return;
    }

    Task<void> drain(nanoseconds limit, std::size_t bytes_max) override {
        if constexpr (!std::is_same_v<Stream, TlsStream>) {
            boost::system::error_code ignored;
            static_cast<void>(stream_->shutdown(StreamSocket::shutdown_send, ignored));
        }
        SteadyTime const until =
            steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
        std::array<char, 16'384> dropped;
        for (std::size_t total = 0; total < bytes_max;) {
            auto const got = co_await read_some(asio::buffer(dropped), until - steady_now());
            if (!got)
                co_return;
            total += *got;
        }
    }

    Task<void> wait_for_peer() override {
        co_await lowest(*stream_).async_wait(StreamSocket::wait_read, as_result);
    }

    void close() override {
        boost::system::error_code ignored;
        lowest(*stream_).close(ignored);
    }

    bool is_stale() override {
        StreamSocket& socket = lowest(*stream_);
        boost::system::error_code code;
        socket.non_blocking(true, code);
        char byte = 0;
        socket.receive(asio::buffer(&byte, 1), StreamSocket::message_peek, code);
        return code != asio::error::would_block;
    }

    /// Only for TLS, before anything else.
    Task<Result<void>> handshake(
        ssl::stream_base::handshake_type side, std::string who, nanoseconds limit);

private:
    std::unique_ptr<Stream> stream_;
    Deadline deadline_;
};

/// The handshake error with OpenSSL's own reason: expired, wrong name, self-signed...
Error tls_error(TlsStream& stream, boost::system::error_code const& code, std::string const& who) {
    long const verdict = SSL_get_verify_result(stream.native_handle());
    if (verdict == X509_V_OK)
        return to_error(code, "TLS with " + who + " failed");
    return Error(
        ErrorCode::unavailable, "The certificate of " + who +
                                    " is not trusted: " + X509_verify_cert_error_string(verdict) +
                                    ". Give its authority as trusted, or replace it.");
}

template <>
Task<Result<void>> StreamTransport<TlsStream>::handshake(
    ssl::stream_base::handshake_type side, std::string who, nanoseconds limit) {
    deadline_.begin(limit);
    auto [code] = co_await stream_->async_handshake(side, as_result);
    code = deadline_.end(code);
    if (code)
        co_return std::unexpected(tls_error(*stream_, code, who));
    co_return Result<void>();
}

/// Resolves `url.host` (a literal address needs no resolver thread) and connects.
Task<boost::system::error_code> connect_socket(tcp::socket& socket, Url const& url) {
    boost::system::error_code code;
    auto const address = asio::ip::make_address(url.host, code);
    if (!code) {
        auto const port = static_cast<std::uint16_t>(std::strtoul(url.port.c_str(), nullptr, 10));
        auto const [failed] =
            co_await socket.async_connect(tcp::endpoint(address, port), as_result);
        co_return failed;
    }
    tcp::resolver resolver(socket.get_executor());
    auto const [unresolved, found] = co_await resolver.async_resolve(url.host, url.port, as_result);
    if (unresolved)
        co_return unresolved;
    auto const [failed, endpoint] = co_await asio::async_connect(socket, found, as_result);
    co_return failed;
}

Task<Result<void>> connect_in_time(tcp::socket& socket, Url const& url) {
    auto const code = co_await connect_socket(socket, url);
    if (code)
        co_return std::unexpected(to_error(code, "Cannot connect to " + url.host + ":" + url.port));
    co_return Result<void>();
}

Task<Result<void>> connect_local(local::socket& socket, std::string const& path) {
    auto const [code] = co_await socket.async_connect(local::endpoint(path), as_result);
    if (code)
        co_return std::unexpected(to_error(code, "Cannot connect to " + path));
    co_return Result<void>();
}

std::unique_ptr<Transport> plain_transport(StreamSocket socket) {
    return std::make_unique<StreamTransport<StreamSocket>>(
        std::make_unique<StreamSocket>(std::move(socket)));
}

}  // namespace

Task<Result<std::unique_ptr<Transport>>> accept_transport(
    StreamSocket socket, TlsContext* tls, nanoseconds limit) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (tls == nullptr)
        co_return plain_transport(std::move(socket));
    auto secure = std::make_unique<StreamTransport<TlsStream>>(
        std::make_unique<TlsStream>(std::move(socket), tls->native().context));
    auto const shaken = co_await secure->handshake(ssl::stream_base::server, "a client", limit);
    if (!shaken)
        co_return std::unexpected(shaken.error());
    co_return std::move(secure);
}

Task<Result<std::unique_ptr<Transport>>> connect_transport(
    Url const& url, TlsContext* tls, nanoseconds limit) {
    std::string const who = url.host + ":" + url.port;
    if (url.tls && tls == nullptr)
        co_return failure(ErrorCode::invalid, "No TLS is set up for " + who + ".");
    auto const until = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    tcp::socket socket(co_await asio::this_coro::executor);
    auto const connected = co_await with_timeout(connect_in_time(socket, url), limit);
    if (!connected && connected.error().code == ErrorCode::timed_out)
        co_return failure(
            ErrorCode::timed_out, "Cannot connect to " + who + ": no answer in time.");
    if (!connected)
        co_return std::unexpected(connected.error());
    boost::system::error_code code;
    socket.set_option(tcp::no_delay(true), code);
    if (!url.tls)
        co_return plain_transport(std::move(socket));
    auto stream =
        std::make_unique<TlsStream>(StreamSocket(std::move(socket)), tls->native().context);
    // RFC 6066 section 3: a name, never an address; strict servers refuse one.
    asio::ip::make_address(url.host, code);
    if (code)
        SSL_set_tlsext_host_name(stream->native_handle(), url.host.c_str());
    code.clear();
    if (tls->native().verify)
        stream->set_verify_callback(ssl::host_name_verification(url.host), code);
    auto secure = std::make_unique<StreamTransport<TlsStream>>(std::move(stream));
    auto const shaken =
        co_await secure->handshake(ssl::stream_base::client, who, until - steady_now());
    if (!shaken)
        co_return std::unexpected(shaken.error());
    co_return std::move(secure);
}

Task<Result<std::unique_ptr<Transport>>> connect_unix_transport(
    std::string const& path, nanoseconds limit) {
    // A longer path is no address (unix(7)); Asio throws on it.
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        co_return failure(ErrorCode::invalid, "The path of a socket is too long: " + path + ".");
    local::socket socket(co_await asio::this_coro::executor);
    auto const connected = co_await with_timeout(connect_local(socket, path), limit);
    if (!connected)
        co_return std::unexpected(connected.error());
    co_return plain_transport(std::move(socket));
}

}  // namespace millrace
