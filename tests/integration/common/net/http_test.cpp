// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"
#include "common/net/sse.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::exchange_raw;
using test::run_task;
using tcp = asio::ip::tcp;

namespace {

Task<HttpAnswer> echo(HttpRequest& request) {
    HttpAnswer answer = text_answer(200, request.method + " " + request.path + "\n" + request.body);
    answer.headers.add("X-Query", request.query_value("name"));
    co_return answer;
}

HttpServerOptions quick_options() {
    HttpServerOptions options;
    options.body_bytes_max = 1000;
    options.header_bytes_max = 4096;
    options.header_timeout = 300ms;
    options.idle_timeout = 500ms;
    return options;
}

Task<void> abandon_body(BodyWriter& writer) {
    CHECK(co_await writer.write("half of it"));
    writer.abandon();
}

Task<HttpAnswer> half_answer(HttpRequest&) {
    HttpAnswer answer;
    answer.stream = abandon_body;
    co_return answer;
}

Url url_of(HttpServer const& server, std::string const& path) {
    return parse_url(server.url() + path).value();
}

Task<HttpAnswer> subscribed(SseHub& hub) {
    co_return hub.subscribe([](std::string_view topic) { return topic == "a"; }, "");
}

}  // namespace

TEST_CASE("HTTP: a request and its answer pass whole, on a connection that is kept") {
    asio::io_context io;
    HttpServer server(io.get_executor(), quick_options(), echo);
    server.start();
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpServer& at, HttpClient& with) -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            HttpRequest request;
            request.method = "POST";
            request.body = "hello";
            auto const response = co_await with.send(url_of(at, "/path?name=a%20b"), request, 5s);
            REQUIRE(response);
            CHECK(response->status == 200);
            CHECK(response->body == "POST /path\nhello");
            CHECK(response->headers.get("x-query") == "a b");
        }
        co_await at.stop(1s);
    }(server, client));
}

TEST_CASE("HTTP: malformed, oversized and ambiguous requests are refused with the right status") {
    asio::io_context io;
    HttpServer server(io.get_executor(), quick_options(), echo);
    server.start();
    struct Case {
        std::string request;
        std::string status;
    };
    std::vector<Case> const cases = {
        {"nonsense\r\n\r\n", " 400 "},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
         " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\nhello",
         " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n", " 413 "},
        {"GET / HTTP/1.1\r\nX-Long: " + std::string(9000, 'x') + "\r\n\r\n", " 431 "},
        {"GET / HTTP/1.1\r\nX-Never-Ends: ", " 408 "},
        // Attack 19.
        {"GET / HTTP/1.1\r\n\r\n", " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: "
         "c/d\r\nContent-Length: 0\r\n\r\n",
         " 400 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         " 501 "},
    };
    for (Case const& one : cases)
        run_task(io, [](HttpServer& at, Case const& given) -> Task<void> {
            std::string const answer = co_await exchange_raw(at.port(), given.request);
            INFO(given.request.substr(0, 80));
            CHECK(answer.substr(0, 40).find(given.status) != std::string::npos);
        }(server, one));
    run_task(io, server.stop(1s));
}

// Attack 20.
TEST_CASE("HTTP: what RFC 9112 wants taken is taken") {
    asio::io_context io;
    HttpServerOptions options = quick_options();
    options.body_timeout = 300ms;
    HttpServer server(io.get_executor(), std::move(options), echo);
    server.start();
    run_task(io, [](HttpServer& at) -> Task<void> {
        std::string const absolute = co_await exchange_raw(
            at.port(), "GET http://a/path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        CHECK(absolute.find("GET /path\n") != std::string::npos);
        std::string const expecting = co_await exchange_raw(
            at.port(),
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: "
            "5\r\n\r\n");
        CHECK(expecting.starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
        std::string const old =
            co_await exchange_raw(at.port(), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(old.find("Connection: keep-alive\r\n") != std::string::npos);
        co_await at.stop(1s);
    }(server));
}

// Attack 9.
TEST_CASE("HTTP: one connection too many takes the place of the one idle for longest") {
    asio::io_context io;
    HttpServerOptions options = quick_options();
    options.connections_max = 2;
    options.idle_timeout = 30s;
    HttpServer server(io.get_executor(), std::move(options), echo);
    server.start();
    run_task(io, [](HttpServer& at) -> Task<void> {
        tcp::endpoint const there(asio::ip::address_v4::loopback(), at.port());
        tcp::socket first(co_await asio::this_coro::executor);
        tcp::socket second(co_await asio::this_coro::executor);
        co_await first.async_connect(there, as_result);
        co_await second.async_connect(there, as_result);
        std::string const answer = co_await exchange_raw(
            at.port(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        CHECK(answer.find(" 200 ") != std::string::npos);
        char byte = 0;
        auto const [ended, count] =
            co_await first.async_read_some(asio::buffer(&byte, 1), as_result);
        CHECK(ended);
        co_await at.stop(1s);
    }(server));
}

TEST_CASE("HTTP: where all connections are busy another gets 503, and a probe its answer") {
    asio::io_context io;
    HttpServerOptions options = quick_options();
    options.connections_max = 1;
    HttpServer server(io.get_executor(), std::move(options), [](HttpRequest& request) {
        return request.path == "/slow" ? [](HttpRequest&) -> Task<HttpAnswer> {
            co_await sleep_for(2s);
            co_return text_answer(200, "late");
        }(request)
                                       : echo(request);
    });
    server.start();
    run_task(io, [](HttpServer& at) -> Task<void> {
        tcp::socket busy(co_await asio::this_coro::executor);
        co_await busy.async_connect({asio::ip::address_v4::loopback(), at.port()}, as_result);
        std::string const slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
        co_await asio::async_write(busy, asio::buffer(slow), as_result);
        std::string const refused =
            co_await exchange_raw(at.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(refused.find(" 503 ") != std::string::npos);
        std::string const probe =
            co_await exchange_raw(at.port(), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(probe.find(" 200 ") != std::string::npos);
        co_await at.stop(50ms);
    }(server));
}

// Attack 10.
TEST_CASE("HTTP: bodies share one bound; what does not fit is answered 503") {
    asio::io_context io;
    HttpServerOptions options = quick_options();
    options.bodies_bytes_max = 600;
    options.body_timeout = 5s;
    HttpServer server(io.get_executor(), std::move(options), echo);
    server.start();
    run_task(io, [](HttpServer& at) -> Task<void> {
        std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n";
        std::string const most = head + std::string(499, 'x');
        {
            tcp::socket slow(co_await asio::this_coro::executor);
            co_await slow.async_connect({asio::ip::address_v4::loopback(), at.port()}, as_result);
            co_await asio::async_write(slow, asio::buffer(most), as_result);
            // The server has read it when it answers what was sent after it.
            std::string const probe = co_await exchange_raw(
                at.port(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            CHECK(probe.find(" 200 ") != std::string::npos);
            std::string const refused = co_await exchange_raw(at.port(), most + "x");
            CHECK(refused.find(" 503 ") != std::string::npos);
        }
        std::string const after = co_await exchange_raw(
            at.port(),
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
            "500\r\n\r\n" +
                std::string(500, 'x'));
        CHECK(after.find(" 200 ") != std::string::npos);
        co_await at.stop(1s);
    }(server));
}

// Review 4.13.
TEST_CASE("HTTP: a handler that throws is answered 500, not with silence") {
    asio::io_context io;
    HttpServer server(
        io.get_executor(), quick_options(), [](HttpRequest& request) -> Task<HttpAnswer> {
            if (request.path == "/")
                throw std::runtime_error("A fault of ours.");
            co_return text_answer(200, "");
        });
    server.start();
    run_task(io, [](HttpServer& at) -> Task<void> {
        std::string const answer =
            co_await exchange_raw(at.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(answer.find(" 500 ") != std::string::npos);
        co_await at.stop(1s);
    }(server));
}

TEST_CASE("HTTP: a body that is abandoned is known to be cut, at once") {
    asio::io_context io;
    HttpServer server(io.get_executor(), quick_options(), half_answer);
    server.start();
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpServer& at, HttpClient& with) -> Task<void> {
        std::string const raw =
            co_await exchange_raw(at.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(raw.ends_with("half of it\r\n"));
        auto const response = co_await with.send(url_of(at, "/"), HttpRequest(), 30s);
        REQUIRE_FALSE(response);
        CHECK(response.error().code == ErrorCode::closed);
        co_await at.stop(1s);
    }(server, client));
}

TEST_CASE("HTTP: the client says why it cannot connect, and when no answer comes in time") {
    asio::io_context io;
    HttpServer silent(io.get_executor(), quick_options(), [](HttpRequest&) -> Task<HttpAnswer> {
        co_await sleep_for(10s);
        co_return text_answer(200, "late");
    });
    silent.start();
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpServer& at, HttpClient& with) -> Task<void> {
        auto const refused =
            co_await with.send(parse_url("http://127.0.0.1:1/").value(), HttpRequest(), 2s);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::unavailable);
        CHECK(refused.error().detail.find("127.0.0.1:1") != std::string::npos);
        auto const late = co_await with.send(url_of(at, "/"), HttpRequest(), 100ms);
        REQUIRE_FALSE(late);
        CHECK(late.error().code == ErrorCode::timed_out);
        co_await at.stop(50ms);
    }(silent, client));
}

TEST_CASE("TLS: a certificate is refused unless it is trusted, and its name must fit") {
    asio::io_context io;
    auto const certificate = make_self_signed_certificate({"127.0.0.1"}, 1).value();
    HttpServerOptions options = quick_options();
    options.tls = TlsContext::server(certificate).value();
    HttpServer server(io.get_executor(), std::move(options), echo);
    server.start();
    auto const ask = [&](TlsTrust const& trust, std::string const& host) {
        HttpClientOptions with;
        with.tls = TlsContext::client(trust).value();
        HttpClient client(io.get_executor(), std::move(with));
        Url const url =
            parse_url("https://" + host + ":" + std::to_string(server.port()) + "/").value();
        Result<HttpResponse> got = failure(ErrorCode::invalid, "");
        run_task(io, [](HttpClient& by, Url at, Result<HttpResponse>& to) -> Task<void> {
            to = co_await by.send(at, HttpRequest(), 5s);
        }(client, url, got));
        return got;
    };
    CHECK(ask({.verify = true, .authorities_pem = certificate.certificate_pem}, "127.0.0.1"));
    CHECK(ask({.verify = false}, "127.0.0.1"));
    auto const unknown = ask({}, "127.0.0.1");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().detail.find("not trusted") != std::string::npos);
    CHECK_FALSE(ask({.verify = true, .authorities_pem = certificate.certificate_pem}, "localhost"));
    run_task(io, server.stop(1s));
}

TEST_CASE("SSE: a reader gets what is published, and the stream ends when the server stops") {
    asio::io_context io;
    SseHub hub(io.get_executor());
    HttpServer server(
        io.get_executor(), quick_options(), [&hub](HttpRequest&) { return subscribed(hub); });
    server.start();
    HttpClient client(io.get_executor(), {});
    run_task(io, [](HttpServer& at, HttpClient& with, SseHub& to) -> Task<void> {
        auto stream = co_await with.open(url_of(at, "/"), HttpRequest(), 5s);
        REQUIRE(stream);
        CHECK(stream->headers.get("content-type") == "text/event-stream");
        std::string got = (co_await stream->body->read(2s)).value();
        to.publish("b", format_sse("event", "unwanted"));
        to.publish("a", format_sse("event", "two\nlines", "7"));
        while (got.find("\n\n", got.find("event")) == std::string::npos)
            got += (co_await stream->body->read(2s)).value();
        CHECK(got == ": open\n\nid: 7\nevent: event\ndata: two\ndata: lines\n\n");
        auto const begun = steady_now();
        co_await at.stop(5s);
        CHECK(steady_now() - begun < 2s);
    }(server, client, hub));
}
