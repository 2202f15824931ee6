// SPDX-License-Identifier: Apache-2.0
// Private to common/net.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>

#include "common/net/http_client.hpp"
#include "common/net/task.hpp"
#include "common/net/tls.hpp"

namespace millrace {

/// A connection over TCP or a unix socket.
using StreamSocket = asio::generic::stream_protocol::socket;

/// A connection with or without TLS, behind one face, so that the HTTP code is compiled once.
class Transport {
public:
    virtual ~Transport() = default;
    /// At least one byte. Errors: `closed` at the end, `timed_out`, `canceled`.
    virtual Task<Result<std::size_t>> read_some(asio::mutable_buffer to, nanoseconds limit) = 0;
    /// All of both buffers.
    virtual Task<Result<void>> write(
        std::array<asio::const_buffer, 2> buffers, nanoseconds limit) = 0;
    /// Sends without waiting what the system takes now, the number of bytes: 0 when it takes none,
    /// and always with TLS. The rest is for write(), which costs a round of the event loop.
    virtual Result<std::size_t> write_now(asio::const_buffer from) = 0;
    /// Says goodbye (TLS close_notify) and ends the connection.
    virtual Task<void> shutdown(nanoseconds limit) = 0;
    /// Reads and drops what the peer still sends, until it ends or the limit: closing on unread
    /// bytes would make the kernel throw away the answer that is on its way to it (RFC 9112 9.6).
    virtual Task<void> drain(nanoseconds limit, std::size_t bytes_max) = 0;
    /// Until the peer ends the connection, or sends what nobody asked for. May run beside write().
    virtual Task<void> wait_for_peer() = 0;
    /// Ends the connection at once; waiting operations fail.
    virtual void close() = 0;
    /// Whether the peer has ended an idle connection or sent what nobody asked for.
    virtual bool is_stale() = 0;
};

/// Server side, before any byte is read. With TLS the handshake is part of it.
Task<Result<std::unique_ptr<Transport>>> accept_transport(
    StreamSocket socket, TlsContext* tls, nanoseconds limit);

/// Client side: resolves, connects to the first address that answers, TLS with the host checked.
Task<Result<std::unique_ptr<Transport>>> connect_transport(
    Url const& url, TlsContext* tls, nanoseconds limit);

/// The same over the unix socket at `path`; nothing but the peer's right to the file is checked.
Task<Result<std::unique_ptr<Transport>>> connect_unix_transport(
    std::string const& path, nanoseconds limit);

}  // namespace millrace
