// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_client.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_server.hpp"

using namespace millrace;
using test::run_task;
using test::ScriptedServer;

namespace {

std::string const accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

HttpClientOptions small_options() {
    HttpClientOptions options;
    options.response_bytes_max = 1000;
    options.header_bytes_max = 4096;
    return options;
}

/// What a client of small bounds makes of one answer.
Result<HttpResponse> read(std::string answer, std::string method = "GET", nanoseconds limit = 20s) {
    asio::io_context io;
    ScriptedServer server(io, {std::move(answer)});
    HttpClient client(io.get_executor(), small_options());
    Result<HttpResponse> got = failure(ErrorCode::invalid, "");
    run_task(
        io,
        [](HttpClient& by, ScriptedServer& of, HttpRequest request, nanoseconds in,
           Result<HttpResponse>& to) -> Task<void> {
            to = co_await by.send(of.url(), request, in);
            co_await of.stop();
        }(client, server, HttpRequest{.method = std::move(method)}, limit, got));
    return got;
}

ErrorCode error_of(Result<HttpResponse> const& got) {
    REQUIRE_FALSE(got);
    INFO(got.error().detail);
    CHECK(got.error().detail.ends_with('.'));
    return got.error().code;
}

}  // namespace

TEST_CASE("HTTP client: an answer is read whole, in each of the ways in which one can end") {
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")->body == "hello");
    CHECK(
        read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n"
             "0\r\nX-Trailer: 1\r\n\r\n")
            ->body == "hello");
    CHECK(read("HTTP/1.1 204 No Content\r\n\r\n")->status == 204);
    CHECK(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")->status == 304);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD")->body.empty());
}

TEST_CASE("HTTP client: a redirect is an answer, and is not followed") {
    auto const got =
        read("HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(got);
    CHECK(got->status == 307);
    CHECK(got->headers.get("location") == "http://127.0.0.1:1/");
}

TEST_CASE("HTTP client: a body over the bound is refused, said or sent") {
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x')));
    CHECK(
        error_of(read("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")) == ErrorCode::too_large);
    std::string chunks;
    for (int i = 0; i < 11; ++i)
        chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
    CHECK(
        error_of(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)) ==
        ErrorCode::too_large);
}

TEST_CASE("HTTP client: bytes that are no body do not pile up without end") {
    for (auto const* begin : {"1;", "0\r\nX-Trailer: "}) {
        INFO(begin);
        std::string const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        CHECK(error_of(read(head + begin + std::string(100'000, 'x'))) == ErrorCode::too_large);
    }
}

TEST_CASE("HTTP client: headers over the bound are refused") {
    CHECK(
        error_of(read("HTTP/1.1 200 OK\r\nX-Long: " + std::string(5000, 'x') + "\r\n\r\n")) ==
        ErrorCode::too_large);
}

TEST_CASE("HTTP client: what is not HTTP/1.1, or has two lengths, is refused as that") {
    for (auto const* answer :
         {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        INFO(answer);
        CHECK(error_of(read(answer)) == ErrorCode::invalid);
    }
}

TEST_CASE("HTTP client: a connection that ends before the answer does is told as closed") {
    asio::io_context io;
    ScriptedServer server(io, {""});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& by, ScriptedServer& of) -> Task<void> {
        auto const got = co_await by.send(of.url(), HttpRequest(), 20s);
        CHECK(error_of(got) == ErrorCode::closed);
        co_await of.stop();
    }(client, server));
}

TEST_CASE("HTTP client: half an answer is late when the rest does not come") {
    CHECK(
        error_of(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "GET", 100ms)) ==
        ErrorCode::timed_out);
    CHECK(error_of(read("HTTP/1.1 200 OK\r\nContent-", "GET", 100ms)) == ErrorCode::timed_out);
}

TEST_CASE("HTTP client: a connection is used again, unless the server or the answer ends it") {
    struct Case {
        std::string first;
        std::size_t connections;
    };
    std::string const good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (Case const& one : std::vector<Case>{
             {good, 1},
             {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 2},
             {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2},
             // What came after the answer belongs to nobody.
             {good + "HTTP/1.1 200 OK\r\n", 2}}) {
        asio::io_context io;
        ScriptedServer server(io, {one.first, good});
        HttpClient client(io.get_executor(), {});
        INFO(one.first);
        run_task(io, [](HttpClient& by, ScriptedServer& of, std::size_t expected) -> Task<void> {
            CHECK(co_await by.send(of.url(), HttpRequest(), 20s));
            CHECK(co_await by.send(of.url(), HttpRequest(), 20s));
            CHECK(of.connections() == expected);
            co_await of.stop();
        }(client, server, one.connections));
    }
}

// Review 4.21.
TEST_CASE("HTTP client: connections to where nothing is sent any more are closed") {
    asio::io_context io;
    ScriptedServer former(io, {accepted});
    ScriptedServer other(io, std::vector(2000, accepted));
    HttpClientOptions options;
    options.idle_timeout = 50ms;
    HttpClient client(io.get_executor(), std::move(options));
    run_task(io, [](HttpClient& asking, ScriptedServer& before, ScriptedServer& now) -> Task<void> {
        CHECK((co_await asking.send(before.url(), HttpRequest(), 20s))->status == 202);
        CHECK(before.open_connections() == 1);
        // Each answer looks after the connections to others.
        SteadyTime const deadline = steady_now() + 20s;
        while (before.open_connections() != 0 && steady_now() < deadline) {
            CHECK((co_await asking.send(now.url(), HttpRequest(), 20s))->status == 202);
            co_await sleep_for(10ms);
        }
        CHECK(before.open_connections() == 0);
        co_await before.stop();
        co_await now.stop();
    }(client, former, other));
}

TEST_CASE("HTTP client: a line break in a header's value cannot begin another header") {
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& by, asio::ip::tcp::acceptor& at) -> Task<void> {
        TaskGroup tasks(co_await asio::this_coro::executor);
        std::string const port = std::to_string(at.local_endpoint().port());
        Url const url = parse_url("http://127.0.0.1:" + port + "/x?y=1").value();
        HttpRequest request;
        request.method = "POST";
        request.headers = {{"X-A", "1\r\nX-Forged: 2"}};
        request.body = "body";
        tasks.spawn("ask", [](HttpClient& asks, Url to, HttpRequest what) -> Task<void> {
            co_await asks.send(to, what, 20s);
        }(by, url, request));
        auto [code, socket] = co_await at.async_accept(as_result);
        std::string text;
        char buffer[4096];
        while (!text.ends_with("body")) {
            auto const [ended, count] =
                co_await socket.async_read_some(asio::buffer(buffer), as_result);
            REQUIRE_FALSE(ended);
            text.append(buffer, count);
        }
        CHECK(
            text == "POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                        "\r\nX-A: 1  X-Forged: 2\r\nContent-Length: 4\r\n\r\nbody");
        co_await tasks.stop();
    }(client, acceptor));
}

TEST_CASE("HTTP client: a name that nobody knows is told with the name") {
    asio::io_context io;
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpClient& by) -> Task<void> {
        auto const got =
            co_await by.send(parse_url("http://no-such-host.invalid/").value(), HttpRequest(), 20s);
        REQUIRE_FALSE(got);
        CHECK(got.error().detail.find("no-such-host.invalid:80") != std::string::npos);
    }(client));
}

TEST_CASE("HTTP client: a stream is read as it comes, and its end is told from its breaking off") {
    std::string const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n";
    for (bool const is_whole : {true, false}) {
        asio::io_context io;
        ScriptedServer server(io, {is_whole ? head + "0\r\n\r\n" : head});
        HttpClient client(io.get_executor(), {});
        run_task(io, [](HttpClient& by, ScriptedServer& of, bool whole) -> Task<void> {
            auto const stream = co_await by.open(of.url(), HttpRequest(), 20s);
            REQUIRE(stream);
            CHECK(co_await stream->body->read(20s) == "one");
            auto const last = co_await stream->body->read(whole ? nanoseconds(20s) : 50ms);
            if (whole)
                CHECK(last == "");
            else
                CHECK(last.error().code == ErrorCode::timed_out);
            co_await of.stop();
        }(client, server, is_whole));
    }
}
