// SPDX-License-Identifier: Apache-2.0
// What a peer says before, after and instead of its answer.
#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"
#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_server.hpp"

using namespace millrace;
using test::run_task;
using test::ScriptedServer;
using tcp = asio::ip::tcp;

namespace {

Task<int> status_of(
    HttpClient& client, Url const& url, KeptConnection kept = KeptConnection::repeat) {
    auto const answer = co_await client.send(url, HttpRequest(), 5s, kept);
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
        ScriptedServer server(io, {interim + accepted, failed});
        HttpClient client(io.get_executor(), {});
        run_task(io, [](HttpClient& asking, ScriptedServer& of) -> Task<void> {
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
    ScriptedServer server(io, {endless + accepted});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& asking, ScriptedServer& of) -> Task<void> {
        auto const answer = co_await asking.send(of.url(), HttpRequest(), 5s);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().detail.find("1xx") != std::string::npos);
        co_await of.stop();
    }(client, server));
}

// Attack 22.
TEST_CASE(
    "HTTP client: a kept connection that is closed without an answer is what the caller says") {
    struct Case {
        KeptConnection kept;
        int status;  // of the second request
        std::size_t requests;
        std::size_t connections;
    };
    for (auto const& [kept, status, requests, connections] :
         {Case{KeptConnection::repeat, 500, 3, 2}, Case{KeptConnection::once, 0, 2, 1}}) {
        asio::io_context io;
        ScriptedServer server(io, {accepted, "", failed});
        HttpClient client(io.get_executor(), {});
        run_task(
            io,
            [](HttpClient& asking, ScriptedServer& of, KeptConnection how,
               int expected) -> Task<void> {
                CHECK(co_await status_of(asking, of.url(), how) == 202);
                CHECK(co_await status_of(asking, of.url(), how) == expected);
                co_await of.stop();
            }(client, server, kept, status));
        CHECK(server.requests() == requests);
        CHECK(server.connections() == connections);
    }
}

TEST_CASE("HTTP client: where it is to be avoided, no request goes over a kept connection") {
    asio::io_context io;
    ScriptedServer server(io, {accepted, failed});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& asking, ScriptedServer& of) -> Task<void> {
        CHECK(co_await status_of(asking, of.url()) == 202);
        CHECK(co_await status_of(asking, of.url(), KeptConnection::avoid) == 500);
        CHECK(of.connections() == 2);
        co_await of.stop();
    }(client, server));
}

TEST_CASE("HTTP client: a connection on which more came than the answer is not used again") {
    asio::io_context io;
    ScriptedServer server(io, {accepted + failed, accepted});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& asking, ScriptedServer& of) -> Task<void> {
        CHECK(co_await status_of(asking, of.url()) == 202);
        CHECK(co_await status_of(asking, of.url()) == 202);
        CHECK(of.connections() == 2);
        co_await of.stop();
    }(client, server));
}
