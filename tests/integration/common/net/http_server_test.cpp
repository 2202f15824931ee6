// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_server.hpp"

#include "common/base/json.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::exchange_raw;
using test::run_task;
using tcp = asio::ip::tcp;

namespace {

constexpr std::string_view close = "Connection: close\r\n";

HttpServerOptions small_options() {
    HttpServerOptions options;
    options.header_bytes_max = 4096;
    options.body_bytes_max = 1000;
    return options;
}

HttpServerOptions listening(std::string address, std::uint16_t port) {
    HttpServerOptions options;
    options.address = std::move(address);
    options.port = port;
    return options;
}

Task<void> write_pieces(BodyWriter& writer) {
    CHECK(co_await writer.write("one "));
    CHECK(co_await writer.write(""));
    CHECK(co_await writer.write("two"));
}

/// Says what it was asked; streams at /stream, and has no content at /nothing.
Task<HttpAnswer> tell(HttpRequest& request) {
    HttpAnswer answer;
    if (request.path == "/stream") {
        answer.stream = write_pieces;
        co_return answer;
    }
    if (request.path == "/nothing") {
        answer.status = 204;
        co_return answer;
    }
    answer = text_answer(200, request.method + " " + request.path + " " + request.body + "\n");
    for (auto const& [name, value] : request.headers)
        answer.body += name + "=" + value + "\n";
    co_return answer;
}

/// A server of small bounds and what one connection gets from it.
class World {
public:
    explicit World(HttpServerOptions options = small_options())
        : server_(io_.get_executor(), std::move(options), tell) {
        server_.start();
    }
    ~World() { run_task(io_, server_.stop(1s)); }
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    std::string ask(std::string bytes) {
        std::string answer;
        run_task(io_, [](std::uint16_t port, std::string sent, std::string& to) -> Task<void> {
            to = co_await exchange_raw(port, std::move(sent));
        }(server_.port(), std::move(bytes), answer));
        return answer;
    }
    /// The answer to a whole request of one line and these headers.
    std::string get(std::string const& line, std::string_view headers = close) {
        return ask(line + "\r\nHost: a\r\n" + std::string(headers) + "\r\n");
    }

private:
    asio::io_context io_;
    HttpServer server_;
};

std::size_t count(std::string_view text, std::string_view wanted) {
    std::size_t found = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1))
        ++found;
    return found;
}

}  // namespace

TEST_CASE("HTTP server: requests sent in one go are answered one after the other") {
    World world;
    std::string const one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string const two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    std::string const answer =
        world.ask(one + two + "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(count(answer, "HTTP/1.1 200 OK\r\n") == 3);
    CHECK(answer.find("GET /1") < answer.find("POST /2 abc"));
    CHECK(answer.find("POST /2 abc") < answer.find("GET /3"));
}

TEST_CASE("HTTP server: what follows a request that closes is not answered") {
    World world;
    std::string const last = "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    CHECK(count(world.ask(last + last), "HTTP/1.1 ") == 1);
}

TEST_CASE("HTTP server: HEAD has the headers of GET and no body") {
    World world;
    std::string const answer = world.get("HEAD /x HTTP/1.1");
    CHECK(answer.find("HTTP/1.1 200 OK\r\n") == 0);
    CHECK(answer.find("\r\nContent-Length: ") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("HTTP server: 204 has neither body nor length (RFC 9110 section 8.6)") {
    World world;
    std::string const answer = world.get("GET /nothing HTTP/1.1");
    CHECK(answer.find("HTTP/1.1 204 No Content\r\n") == 0);
    CHECK(answer.find("Content-Length") == std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("HTTP server: a body in chunks is put together, extensions and trailers passed over") {
    World world;
    std::string const answer = world.get(
        "POST /x HTTP/1.1",
        "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n");
    CHECK(answer.find("POST /x abc0123456789\n") != std::string::npos);
}

TEST_CASE("HTTP server: a body in chunks is bounded as one with a length") {
    World world;
    std::string chunks;
    for (int i = 0; i < 11; ++i)
        chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
    std::string const answer =
        world.get("POST /x HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n");
    CHECK(answer.find(" 413 ") != std::string::npos);
}

TEST_CASE("HTTP server: a broken chunk is refused, and the connection ends") {
    for (auto const* chunk :
         {"x\r\nabc\r\n", "-3\r\nabc\r\n", "3\r\nabcd\r\n", "ffffffffffffffffff\r\n",
          " 3\r\nabc\r\n", "0x3\r\nabc\r\n"}) {
        World world;
        std::string const answer = world.get(
            "POST /x HTTP/1.1",
            "Transfer-Encoding: chunked\r\n\r\n" + std::string(chunk) + "0\r\n");
        INFO(chunk);
        CHECK(
            (answer.find(" 400 ") != std::string::npos ||
             answer.find(" 413 ") != std::string::npos));
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    }
}

TEST_CASE("HTTP server: bytes that are no body do not pile up without end") {
    std::string const flood(1 << 20, 'x');
    for (std::string const& begin : {std::string("1;"), std::string("0\r\nX-Trailer: ")}) {
        // An hour: what ends the request is its size, not its time.
        HttpServerOptions options = small_options();
        options.body_timeout = std::chrono::hours(1);
        World world(std::move(options));
        INFO(begin);
        // Whether the refusal can be read, or the connection is reset before: it ends.
        std::string const answer =
            world.get("POST /x HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n" + begin + flood);
        CHECK(answer.find(" 200 ") == std::string::npos);
    }
}

TEST_CASE("HTTP server: a header that could be read in two ways is refused") {
    for (auto const* header :
         {"X-A : 1\r\n", "X A: 1\r\n", ": 1\r\n", "X-A\r\n", "X-A: a\x01\r\n",
          "Content-Length: 3, 4\r\n", "Content-Length: 0x3\r\n", "Content-Length: -1\r\n",
          "Content-Length: \r\n"}) {
        World world;
        INFO(header);
        CHECK(world.get("POST / HTTP/1.1", header).find("HTTP/1.1 400 ") == 0);
    }
}

TEST_CASE("HTTP server: a line that is no request is refused") {
    for (auto const* line :
         {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/2.0", "GET / HTTP/1.2", "GET / http/1.1",
          "GET /a b HTTP/1.1", "GET / HTTP/1.1 x", "G\x01T / HTTP/1.1", " GET / HTTP/1.1"}) {
        World world;
        INFO(line);
        CHECK(world.get(line).find("HTTP/1.1 400 ") == 0);
    }
}

TEST_CASE("HTTP server: a refusal is a problem in words") {
    World world;
    std::string const answer = world.get("POST / HTTP/1.1", "Content-Length: 5000\r\n");
    auto const body = parse_json(answer.substr(answer.find("\r\n\r\n") + 4));
    REQUIRE(body);
    CHECK(string_at(*body, "code") == "request.tooLarge");
    CHECK(answer.find("Content-Type: application/problem+json\r\n") != std::string::npos);
}

TEST_CASE("HTTP server: its own headers stand in every answer, where the answer has none such") {
    HttpServerOptions options = small_options();
    options.answer_headers = {{"X-Own", "server"}, {"Content-Type", "never/used"}};
    World world(std::move(options));
    for (std::string const& answer :
         {world.get("GET / HTTP/1.1"), world.get("GET / HTTP/9.9"), world.get("HEAD / HTTP/1.1")}) {
        INFO(answer);
        CHECK(count(answer, "X-Own: server\r\n") == 1);
        CHECK(answer.find("never/used") == std::string::npos);
    }
}

// RFC 9112 section 6.1: no Transfer-Encoding to or from HTTP/1.0.
TEST_CASE("HTTP/1.0: a stream is sent as it is and ends with the connection") {
    World world;
    std::string const answer = world.ask("GET /stream HTTP/1.0\r\n\r\n");
    CHECK(answer.find("Transfer-Encoding") == std::string::npos);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\none two"));
    CHECK(
        world.get("GET /stream HTTP/1.1").ends_with("\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n"));
}

TEST_CASE("HTTP/1.0: a body in chunks is refused, for its sender cannot mean it") {
    World world;
    std::string const answer = world.ask(
        "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    CHECK(answer.find("HTTP/1.1 400 ") == 0);
}

// RFC 9110 section 10.1.1.
TEST_CASE("HTTP/1.0: nobody is told to continue") {
    World world;
    std::string const answer =
        world.ask("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(answer.find("HTTP/1.1 200 OK\r\n") == 0);
}

TEST_CASE("HTTP server: an address that is none, or is taken, is told at start with what to do") {
    asio::io_context io;
    auto const refusal = [&io](std::string address, std::uint16_t port) -> std::string {
        try {
            HttpServer const server(io.get_executor(), listening(std::move(address), port), tell);
            return "none";
        } catch (StartupError const& error) {
            return error.what();
        }
    };
    CHECK(refusal("localhost", 0) == "Cannot listen on localhost:0: not an IP address.");
    HttpServer const first(io.get_executor(), listening("127.0.0.1", 0), tell);
    std::string const taken = refusal("127.0.0.1", first.port());
    CHECK(taken.starts_with("Cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": "));
    CHECK(taken.ends_with(" Choose another address or port, or stop what uses it."));
}

TEST_CASE("HTTP server: its URL has what it listens on, an IPv6 address in brackets") {
    asio::io_context io;
    HttpServer const four(io.get_executor(), listening("127.0.0.1", 0), tell);
    CHECK(four.url() == "http://127.0.0.1:" + std::to_string(four.port()));
    try {
        HttpServer const six(io.get_executor(), listening("::1", 0), tell);
        CHECK(six.url() == "http://[::1]:" + std::to_string(six.port()));
    } catch (StartupError const& error) {
        WARN("This machine has no IPv6: " << error.what());
    }
}

namespace {

Task<HttpAnswer> done_when(bool const& let_go) {
    while (!let_go)
        co_await sleep_for(1ms);
    co_return text_answer(200, "done");
}

}  // namespace

TEST_CASE(
    "HTTP server: stopping lets the request under way finish, and ends what is idle at once") {
    asio::io_context io;
    bool let_go = false;
    HttpServer server(
        io.get_executor(), small_options(), [&let_go](HttpRequest&) { return done_when(let_go); });
    server.start();
    run_task(io, [](HttpServer& at, bool& open) -> Task<void> {
        tcp::endpoint const there(asio::ip::address_v4::loopback(), at.port());
        tcp::socket idle(co_await asio::this_coro::executor);
        tcp::socket busy(co_await asio::this_coro::executor);
        co_await idle.async_connect(there, as_result);
        co_await busy.async_connect(there, as_result);
        std::string const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        co_await asio::async_write(busy, asio::buffer(request), as_result);
        TaskGroup tasks(co_await asio::this_coro::executor);
        // The server has the request when it has answered a later one of another connection.
        tasks.spawn("probe", [](std::uint16_t port, std::string text) -> Task<void> {
            co_await exchange_raw(port, std::move(text));
        }(at.port(), "GET / HTTP/9.9\r\n\r\n"));
        while (tasks.size() > 0)
            co_await sleep_for(1ms);
        tasks.spawn("stop", at.stop(std::chrono::hours(1)));
        char byte = 0;
        auto const [ended, nothing] =
            co_await idle.async_read_some(asio::buffer(&byte, 1), as_result);
        CHECK(ended == asio::error::eof);
        open = true;
        std::string answer(4096, '\0');
        auto const [code, bytes] = co_await busy.async_read_some(asio::buffer(answer), as_result);
        CHECK(answer.substr(0, bytes).ends_with("\r\n\r\ndone"));
        while (tasks.size() > 0)
            co_await sleep_for(1ms);
    }(server, let_go));
}
