// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <list>
#include <variant>

#include "common/base/log.hpp"
#include "common/net/http_session.hpp"
#include "common/net/transport.hpp"

namespace millrace {

using asio::ip::tcp;
using local = asio::local::stream_protocol;

namespace {

/// Connections over the limit that may say that they are a probe.
constexpr std::size_t probes_share = 64;
constexpr mode_t socket_mode = 0660;

std::string name_of(tcp::socket const& socket) {
    boost::system::error_code code;
    auto const endpoint = socket.remote_endpoint(code);
    return code ? "unknown"
                : endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}
std::string name_of(local::socket const&) {
    return "unix";
}

[[noreturn]] void throw_cannot_listen(
    std::string const& where, std::string const& why, std::string const& remedy) {
    throw StartupError("Cannot listen on " + where + ": " + why + ". " + remedy);
}

tcp::acceptor listen_on_address(
    asio::any_io_executor const& executor, HttpServerOptions const& options) {
    boost::system::error_code code;
    auto const address = asio::ip::make_address(options.address, code);
    std::string const name = options.address + ":" + std::to_string(options.port);
    if (code)
        throw StartupError("Cannot listen on " + name + ": not an IP address.");
    tcp::endpoint const endpoint(address, options.port);
    tcp::acceptor acceptor(executor);
    acceptor.open(endpoint.protocol(), code);
    if (!code)
        acceptor.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code)
        acceptor.bind(endpoint, code);
    if (!code)
        acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code)
        throw_cannot_listen(
            name, code.message(), "Choose another address or port, or stop what uses it.");
    return acceptor;
}

/// Nobody can connect before it listens, and then the file's mode and group are right.
local::acceptor listen_on_file(asio::any_io_executor const& executor, UnixSocket const& wanted) {
    constexpr auto remedy = "Choose another path, or make the folder.";
    if (wanted.path.size() >= sizeof(sockaddr_un::sun_path))
        throw_cannot_listen(wanted.path, "the path is too long", remedy);
    std::error_code none;
    if (std::filesystem::is_socket(wanted.path, none))
        std::filesystem::remove(wanted.path, none);
    boost::system::error_code code;
    local::acceptor acceptor(executor);
    acceptor.open(local(), code);
    if (!code)
        acceptor.bind(local::endpoint(wanted.path), code);
    bool const is_ours =
        !code &&
        (!wanted.group ||
         ::chown(wanted.path.c_str(), static_cast<uid_t>(-1), *wanted.group) == 0) &&
        ::chmod(wanted.path.c_str(), socket_mode) == 0;
    if (!code && !is_ours)
        code.assign(errno, boost::system::system_category());
    if (!code)
        acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code)
        throw_cannot_listen(wanted.path, code.message(), remedy);
    return acceptor;
}

}  // namespace

struct HttpServer::State {
    State(asio::any_io_executor on, HttpServerOptions with, HttpHandler handle)
        : executor(on),
          options(std::move(with)),
          handler(std::move(handle)),
          bodies(options.bodies_bytes_max),
          acceptor(open_acceptor()),
          changed(on, asio::steady_timer::time_point::max()) {}

    asio::any_io_executor executor;
    HttpServerOptions options;
    HttpHandler handler;
    BodyBudget bodies;
    std::variant<tcp::acceptor, local::acceptor> acceptor;
    asio::steady_timer changed;
    struct Entry {
        HttpSession session;
        asio::cancellation_signal signal;
    };
    std::list<Entry> entries;
    bool accepting = false;
    bool stopping = false;

    std::variant<tcp::acceptor, local::acceptor> open_acceptor() const {
        if (options.unix_socket)
            return listen_on_file(executor, *options.unix_socket);
        return listen_on_address(executor, options);
    }
    void accept_next();
    void accepted(boost::system::error_code code);
    void serve(StreamSocket socket, std::string name);
    bool make_room();
    void cancel(bool only_idle);
};

void HttpServer::State::accept_next() {
    accepting = true;
    std::visit(
        [this](auto& one) {
            one.async_accept([this](boost::system::error_code code, auto socket) {
                if (!code) {
                    std::string name = name_of(socket);
                    serve(std::move(socket), std::move(name));
                }
                accepted(code);
            });
        },
        acceptor);
}

/// Goes on after one that was accepted, or was not.
void HttpServer::State::accepted(boost::system::error_code code) {
    if (code == asio::error::operation_aborted) {
        accepting = false;
        changed.cancel();
        return;
    }
    if (!code)
        return accept_next();
    log::warn("Cannot accept a connection.", {{"error", code.message()}});
    // Out of descriptors: accepting again at once would spin.
    changed.expires_after(100ms);
    changed.async_wait([this](boost::system::error_code) {
        if (!stopping)
            return accept_next();
        accepting = false;
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

void HttpServer::State::serve(StreamSocket socket, std::string name) {
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
            {.name = std::move(name), .over_tls = options.tls.has_value(), .is_full = is_full}),
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
    : state_(std::make_unique<State>(executor, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
    state_->accept_next();
}

std::uint16_t HttpServer::port() const {
    return std::get<tcp::acceptor>(state_->acceptor).local_endpoint().port();
}

std::string HttpServer::url() const {
    if (state_->options.unix_socket)
        return "unix:" + state_->options.unix_socket->path;
    bool const is_v6 = state_->options.address.find(':') != std::string::npos;
    return std::string(state_->options.tls ? "https://" : "http://") +
           (is_v6 ? "[" + state_->options.address + "]" : state_->options.address) + ":" +
           std::to_string(port());
}

Task<void> HttpServer::stop(nanoseconds grace) {
    state_->stopping = true;
    boost::system::error_code ignored;
    std::visit([&](auto& one) { one.close(ignored); }, state_->acceptor);
    if (auto const& file = state_->options.unix_socket)
        ::unlink(file->path.c_str());
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
