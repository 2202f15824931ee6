// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <list>

#include "common/base/log.hpp"
#include "common/net/http_session.hpp"
#include "common/net/transport.hpp"

namespace millrace {

using asio::ip::tcp;

namespace {

/// Connections over the limit that may say that they are a probe.
constexpr std::size_t probes_share = 64;

}  // namespace

struct HttpServer::State {
    State(asio::any_io_executor on, HttpServerOptions with, HttpHandler handle)
        : executor(on),
          options(std::move(with)),
          handler(std::move(handle)),
          bodies(options.bodies_bytes_max),
          acceptor(on),
          changed(on, asio::steady_timer::time_point::max()) {}

    asio::any_io_executor executor;
    HttpServerOptions options;
    HttpHandler handler;
    BodyBudget bodies;
    tcp::acceptor acceptor;
    asio::steady_timer changed;
    struct Entry {
        HttpSession session;
        asio::cancellation_signal signal;
    };
    std::list<Entry> entries;
    bool accepting = false;
    bool stopping = false;

    void bind();
    void accept_next();
    void serve(tcp::socket socket);
    bool make_room();
    void cancel(bool only_idle);
};

void HttpServer::State::bind() {
    boost::system::error_code code;
    auto const address = asio::ip::make_address(options.address, code);
    std::string const name = options.address + ":" + std::to_string(options.port);
    if (code)
        throw StartupError("Cannot listen on " + name + ": not an IP address.");
    tcp::endpoint const endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), code);
    if (!code)
        acceptor.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code)
        acceptor.bind(endpoint, code);
    if (!code)
        acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code)
        throw StartupError(
            "Cannot listen on " + name + ": " + code.message() +
            ". Choose another address or port, or stop what uses it.");
}

void HttpServer::State::accept_next() {
    accepting = true;
    acceptor.async_accept([this](boost::system::error_code code, tcp::socket socket) {
        if (code == asio::error::operation_aborted) {
            accepting = false;
            changed.cancel();
            return;
        }
        if (code)
            log::warn("Cannot accept a connection.", {{"error", code.message()}});
        else
            serve(std::move(socket));
        // Out of descriptors: accepting again at once would spin.
        if (!code)
            return accept_next();
        changed.expires_after(100ms);
        changed.async_wait([this](boost::system::error_code) {
            if (!stopping)
                return accept_next();
            accepting = false;
        });
    });
}

/// Ends the connection that has waited for longest without a request. False: none is idle.
bool HttpServer::State::make_room() {
    Entry* longest = nullptr;
    for (Entry& entry : entries) {
        auto const since = entry.session.idle_since();
        if (since && (longest == nullptr || *since < *longest->session.idle_since()))
            longest = &entry;
    }
    if (longest == nullptr)
        return false;
    asio::post(executor, [this, longest] {
        for (Entry& candidate : entries)
            if (&candidate == longest && candidate.session.idle_since())
                return candidate.signal.emit(asio::cancellation_type::all);
    });
    return true;
}

void HttpServer::State::serve(tcp::socket socket) {
    // Beyond a share for probes the peer is not even told.
    if (entries.size() > options.connections_max + probes_share)
        return;
    Entry& entry = entries.emplace_back();
    auto const position = std::prev(entries.end());
    bool const is_full = entries.size() > options.connections_max && !make_room();
    asio::co_spawn(
        executor,
        entry.session.run(
            std::move(socket),
            {.options = options, .handler = handler, .bodies = bodies, .is_stopping = stopping},
            is_full),
        asio::bind_cancellation_slot(
            entry.signal.slot(), [this, position](std::exception_ptr failure) {
                log_session_end(failure);
                entries.erase(position);
                changed.cancel();
            }));
}

void HttpServer::State::cancel(bool only_idle) {
    // Posted: emitting can end a session at once and so change the list.
    for (Entry& entry : entries) {
        if (only_idle && entry.session.is_busy())
            continue;
        asio::post(executor, [this, wanted = &entry] {
            for (Entry& candidate : entries)
                if (&candidate == wanted)
                    return candidate.signal.emit(asio::cancellation_type::all);
        });
    }
}

HttpServer::HttpServer(
    asio::any_io_executor executor, HttpServerOptions options, HttpHandler handler)
    : state_(std::make_unique<State>(executor, std::move(options), std::move(handler))) {
    state_->bind();
}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
    state_->accept_next();
}

std::uint16_t HttpServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::string HttpServer::url() const {
    bool const is_v6 = state_->options.address.find(':') != std::string::npos;
    return std::string(state_->options.tls ? "https://" : "http://") +
           (is_v6 ? "[" + state_->options.address + "]" : state_->options.address) + ":" +
           std::to_string(port());
}

Task<void> HttpServer::stop(nanoseconds grace) {
    state_->stopping = true;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    state_->cancel(true);
    auto const deadline =
        std::chrono::time_point_cast<asio::steady_timer::duration>(steady_now() + grace);
    bool insisted = false;
    while (state_->accepting || !state_->entries.empty()) {
        state_->changed.expires_at(insisted ? asio::steady_timer::time_point::max() : deadline);
        co_await state_->changed.async_wait(as_result);
        if (insisted || steady_now() < deadline)
            continue;
        insisted = true;
        state_->cancel(false);
    }
}

}  // namespace millrace
