// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <vector>

#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"

namespace millrace::test {

/// A server of scripted answers: the n-th request, whatever it is and on whichever connection, is
/// answered with the n-th text as it stands; an empty one closes the connection, and so does every
/// request after the last.
class ScriptedServer {
public:
    ScriptedServer(asio::io_context& io, std::vector<std::string> answers)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
          answers_(std::move(answers)),
          tasks_(io.get_executor()) {
        tasks_.spawn("accept", accept());
    }

    Url url() const {
        return parse_url(
                   "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/")
            .value();
    }
    std::size_t requests() const { return requests_; }
    std::size_t connections() const { return connections_; }
    std::size_t open_connections() const { return open_; }
    Task<void> stop() { return tasks_.stop(); }

private:
    Task<void> accept() {
        for (;;) {
            auto [code, socket] = co_await acceptor_.async_accept(as_result);
            if (code)
                co_return;
            ++connections_;
            tasks_.spawn("serve", serve(std::move(socket)));
        }
    }

    Task<void> serve(asio::ip::tcp::socket socket) {
        ++open_;
        co_await answer_on(socket);
        --open_;
    }

    Task<void> answer_on(asio::ip::tcp::socket& socket) {
        std::string text;
        char buffer[4096];
        for (;;) {
            auto const [code, count] =
                co_await socket.async_read_some(asio::buffer(buffer), as_result);
            if (code)
                co_return;
            text.append(buffer, count);
            if (!text.contains("\r\n\r\n"))
                continue;
            text.clear();
            std::string const answer = requests_ < answers_.size() ? answers_[requests_] : "";
            ++requests_;
            if (answer.empty())
                co_return;
            co_await asio::async_write(socket, asio::buffer(answer), as_result);
        }
    }

    asio::ip::tcp::acceptor acceptor_;
    std::vector<std::string> answers_;
    std::size_t requests_ = 0;
    std::size_t connections_ = 0;
    std::size_t open_ = 0;
    TaskGroup tasks_;
};

}  // namespace millrace::test
