// SPDX-License-Identifier: Apache-2.0
#include "common/net/transport.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "common/net/tls_native.hpp"

namespace millrace {
namespace {

namespace beast = boost::beast;
namespace ssl = asio::ssl;
using tcp = asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

beast::tcp_stream& lowest(beast::tcp_stream& stream) { return stream; }
beast::tcp_stream& lowest(TlsStream& stream) { return stream.next_layer(); }

template <class Stream>
class StreamTransport final : public Transport {
public:
    explicit StreamTransport(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

    Task<Result<std::size_t>> read_some(asio::mutable_buffer to, nanoseconds limit) override {
        lowest(*stream_).expires_after(limit);
        auto const [code, count] = co_await stream_->async_read_some(to, as_result);
        if (code) co_return std::unexpected(to_error(code, "Cannot read"));
        co_return count;
    }

    Task<Result<void>> write(
        std::array<asio::const_buffer, 2> buffers, nanoseconds limit) override {
        lowest(*stream_).expires_after(limit);
        auto const [code, count] = co_await asio::async_write(*stream_, buffers, as_result);
        if (code) co_return std::unexpected(to_error(code, "Cannot send"));
        co_return Result<void>();
    }

    Task<void> shutdown(nanoseconds limit) override {
        lowest(*stream_).expires_after(limit);
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            co_await stream_->async_shutdown(as_result);
        } else {
            boost::system::error_code ignored;
            stream_->socket().shutdown(tcp::socket::shutdown_send, ignored);
        }
        close();
        co_return;
    }

    void close() override { lowest(*stream_).close(); }

    bool is_stale() override {
        tcp::socket& socket = lowest(*stream_).socket();
        boost::system::error_code code;
        socket.non_blocking(true, code);
        char byte = 0;
        socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, code);
        return code != asio::error::would_block;
    }

private:
    std::unique_ptr<Stream> stream_;
};

/// The handshake error with OpenSSL's own reason: expired, wrong name, self-signed...
Error tls_error(TlsStream& stream, boost::system::error_code code, std::string const& who) {
    long const verdict = SSL_get_verify_result(stream.native_handle());
    if (verdict == X509_V_OK) return to_error(code, "TLS with " + who + " failed");
    return Error(
        ErrorCode::unavailable, "The certificate of " + who + " is not trusted: " +
                                    X509_verify_cert_error_string(verdict) +
                                    ". Give its authority as trusted, or replace it.");
}

Task<Result<std::unique_ptr<Transport>>> handshake(
    std::unique_ptr<TlsStream> stream, ssl::stream_base::handshake_type side, std::string who) {
    auto const [code] = co_await stream->async_handshake(side, as_result);
    if (code) co_return std::unexpected(tls_error(*stream, code, who));
    co_return std::make_unique<StreamTransport<TlsStream>>(std::move(stream));
}

}  // namespace

Task<Result<std::unique_ptr<Transport>>> accept_transport(
    tcp::socket socket, TlsContext* tls, nanoseconds limit) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto stream = std::make_unique<beast::tcp_stream>(std::move(socket));
    if (tls == nullptr)
        co_return std::make_unique<StreamTransport<beast::tcp_stream>>(std::move(stream));
    stream->expires_after(limit);
    co_return co_await handshake(
        std::make_unique<TlsStream>(std::move(*stream), tls->native().context),
        ssl::stream_base::server, "a client");
}

Task<Result<std::unique_ptr<Transport>>> connect_transport(
    Url const& url, TlsContext* tls, nanoseconds limit) {
    auto const executor = co_await asio::this_coro::executor;
    std::string const who = url.host + ":" + url.port;
    if (url.tls && tls == nullptr)
        co_return failure(ErrorCode::invalid, "No TLS is set up for " + who + ".");
    auto stream = std::make_unique<beast::tcp_stream>(executor);
    boost::system::error_code code;
    // A literal address needs no resolver thread.
    auto const address = asio::ip::make_address(url.host, code);
    stream->expires_after(limit);
    if (!code) {
        auto const port = static_cast<std::uint16_t>(std::strtoul(url.port.c_str(), nullptr, 10));
        std::tie(code) = co_await stream->async_connect(tcp::endpoint(address, port), as_result);
    } else {
        tcp::resolver resolver(executor);
        auto [resolve_code, found] = co_await resolver.async_resolve(url.host, url.port, as_result);
        if (resolve_code)
            co_return std::unexpected(
                to_error(resolve_code, "Cannot find the address of " + url.host));
        tcp::endpoint connected;
        std::tie(code, connected) = co_await stream->async_connect(found, as_result);
    }
    if (code) co_return std::unexpected(to_error(code, "Cannot connect to " + who));
    stream->socket().set_option(tcp::no_delay(true), code);
    if (!url.tls)
        co_return std::make_unique<StreamTransport<beast::tcp_stream>>(std::move(stream));
    auto secure = std::make_unique<TlsStream>(std::move(*stream), tls->native().context);
    SSL_set_tlsext_host_name(secure->native_handle(), url.host.c_str());
    if (tls->native().verify)
        secure->set_verify_callback(ssl::host_name_verification(url.host), code);
    co_return co_await handshake(std::move(secure), ssl::stream_base::client, who);
}

}  // namespace millrace
