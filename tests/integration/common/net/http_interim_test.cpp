// SPDX-License-Identifier: Apache-2.0
// What a peer says before, after and instead of its answer.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"
#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;
using tcp = asio::ip::tcp;

namespace {

/// A server of scripted answers: the n-th request, whatever it is and on whichever connection, is
/// answered with the n-th text as it stands.
class Scripted {
public:
    Scripted(asio::io_context& io, std::vector<std::string> answers)
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
    std::size_t connections() const { return connections_; }
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

    Task<void> serve(tcp::socket socket) {
        std::string text;
        char buffer[4096];
        for (;;) {
            auto const [code, count] =
                co_await socket.async_read_some(asio::buffer(buffer), as_result);
            if (code)
                co_return;
            text.append(buffer, count);
            if (!text.contains("\r\n\r\n") || next_ == answers_.size())
                continue;
            text.clear();
            co_await asio::async_write(socket, asio::buffer(answers_[next_++]), as_result);
        }
    }

    tcp::acceptor acceptor_;
    std::vector<std::string> answers_;
    std::size_t next_ = 0;
    std::size_t connections_ = 0;
    TaskGroup tasks_;
};

Task<int> status_of(HttpClient& client, Url const& url) {
    auto const answer = co_await client.send(url, HttpRequest(), 5s);
    co_return answer ? answer->status : 0;
}

std::string const accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
std::string const failed = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";

}  // namespace

// Attack 1.
TEST_CASE("HTTP client: an interim answer is passed over, and answers are never crossed") {
    for (std::string const& interim :
         {std::string("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
          std::string("HTTP/1.1 100 Continue\r\n\r\n"),
          std::string("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")}) {
        asio::io_context io;
        Scripted server(io, {interim + accepted, failed});
        HttpClient client(io.get_executor(), {});
        run_task(io, [](HttpClient& asking, Scripted& of) -> Task<void> {
            CHECK(co_await status_of(asking, of.url()) == 202);
            CHECK(co_await status_of(asking, of.url()) == 500);
            CHECK(of.connections() == 1);
            co_await of.stop();
        }(client, server));
    }
}

TEST_CASE("HTTP client: interim answers without end are an error") {
    asio::io_context io;
    std::string endless;
    for (int i = 0; i < 20; ++i)
        endless += "HTTP/1.1 100 Continue\r\n\r\n";
    Scripted server(io, {endless + accepted});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& asking, Scripted& of) -> Task<void> {
        auto const answer = co_await asking.send(of.url(), HttpRequest(), 5s);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().detail.find("1xx") != std::string::npos);
        co_await of.stop();
    }(client, server));
}

TEST_CASE("HTTP client: a connection on which more came than the answer is not used again") {
    asio::io_context io;
    Scripted server(io, {accepted + failed, accepted});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& asking, Scripted& of) -> Task<void> {
        CHECK(co_await status_of(asking, of.url()) == 202);
        CHECK(co_await status_of(asking, of.url()) == 202);
        CHECK(of.connections() == 2);
        co_await of.stop();
    }(client, server));
}
