// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>

#include "common/net/task.hpp"

namespace millrace::test {

/// Sends bytes as they are and returns everything until the server closes the connection.
inline Task<std::string> exchange_raw(std::uint16_t port, std::string bytes) {
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, as_result);
    co_await asio::async_write(socket, asio::buffer(bytes), as_result);
    std::string answer;
    char buffer[4096];
    for (;;) {
        auto const [code, count] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
        answer.append(buffer, count);
        if (code)
            co_return answer;
    }
}

}  // namespace millrace::test
