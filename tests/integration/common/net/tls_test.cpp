// SPDX-License-Identifier: Apache-2.0
#include "common/net/tls.hpp"

#include <boost/asio/detached.hpp>

#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::exchange_raw;
using test::run_task;

namespace {

CertificateText certificate(std::vector<std::string> const& names, int days = 1) {
    auto made = make_self_signed_certificate(names, days);
    REQUIRE(made);
    return std::move(*made);
}

Task<HttpAnswer> tell(HttpRequest& request) {
    co_return text_answer(200, request.over_tls ? "over TLS" : "in the clear");
}

Task<void> write_pieces(BodyWriter& writer) {
    for (int i = 0; i < 3; ++i)
        CHECK(co_await writer.write("piece "));
}

Task<HttpAnswer> stream(HttpRequest&) {
    HttpAnswer answer;
    answer.stream = write_pieces;
    co_return answer;
}

/// A server that shows `certificate`, at 127.0.0.1.
class World {
public:
    explicit World(CertificateText const& shown, HttpHandler handler = tell)
        : server_(io_.get_executor(), options(shown), std::move(handler)) {
        server_.start();
    }
    ~World() { run_task(io_, server_.stop(1s)); }
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    /// What a client gets that trusts so, asking at `host`.
    Result<HttpResponse> ask(
        TlsTrust const& trust, std::string const& host = "127.0.0.1",
        std::string const& scheme = "https") {
        HttpClientOptions with;
        with.tls = TlsContext::client(trust).value();
        HttpClient client(io_.get_executor(), std::move(with));
        auto const url = parse_url(scheme + "://" + host + ":" + std::to_string(server_.port()));
        Result<HttpResponse> got = failure(ErrorCode::invalid, "");
        run_task(io_, [](HttpClient& by, Url at, Result<HttpResponse>& to) -> Task<void> {
            to = co_await by.send(at, HttpRequest(), 20s);
        }(client, url.value(), got));
        return got;
    }

    asio::io_context& io() { return io_; }
    std::uint16_t port() const { return server_.port(); }

private:
    static HttpServerOptions options(CertificateText const& shown) {
        HttpServerOptions options;
        options.tls = TlsContext::server(shown).value();
        return options;
    }

    asio::io_context io_;
    HttpServer server_;
};

/// The first bytes of one client.
Task<void> read_hello(asio::ip::tcp::acceptor& acceptor, std::string& hello) {
    auto [code, socket] = co_await acceptor.async_accept(as_result);
    REQUIRE_FALSE(code);
    char buffer[4096];
    auto const [failed, count] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
    REQUIRE_FALSE(failed);
    hello.assign(buffer, count);
}

TlsTrust trusting(CertificateText const& text) {
    return {.authorities_pem = text.certificate_pem};
}

}  // namespace

TEST_CASE("TLS: who trusts the certificate gets his answer, and the handler knows how he came") {
    CertificateText const own = certificate({"127.0.0.1"});
    World world(own);
    auto const got = world.ask(trusting(own));
    REQUIRE(got);
    CHECK(got->body == "over TLS");
}

TEST_CASE("TLS: another authority's certificate is refused, with what to do about it") {
    World world(certificate({"127.0.0.1"}));
    auto const got = world.ask(trusting(certificate({"127.0.0.1"})));
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ErrorCode::unavailable);
    CHECK(got.error().detail.starts_with("The certificate of 127.0.0.1:"));
    CHECK(got.error().detail.find(" is not trusted: ") != std::string::npos);
    CHECK(got.error().detail.ends_with(". Give its authority as trusted, or replace it."));
}

TEST_CASE("TLS: a trusted certificate that has expired is refused as that") {
    CertificateText const old = certificate({"127.0.0.1"}, -1);
    World world(old);
    auto const got = world.ask(trusting(old));
    REQUIRE_FALSE(got);
    CHECK(got.error().detail.find("certificate has expired") != std::string::npos);
    CHECK(world.ask({.verify = false}));
}

TEST_CASE("TLS: a trusted certificate is good for its own names alone, address or name") {
    struct Case {
        std::vector<std::string> names;
        std::string host;
        bool is_good;
    };
    for (Case const& one : std::vector<Case>{
             {{"127.0.0.1"}, "127.0.0.1", true},
             {{"127.0.0.1"}, "localhost", false},
             {{"localhost"}, "localhost", true},
             {{"localhost"}, "127.0.0.1", false},
             {{"other.example", "127.0.0.1"}, "127.0.0.1", true},
             {{"127.0.0.2"}, "127.0.0.1", false},
             {{"*.localhost"}, "localhost", false},
             {{"LOCALHOST"}, "localhost", true}}) {
        CertificateText const own = certificate(one.names);
        World world(own);
        auto const got = world.ask(trusting(own), one.host);
        INFO(one.names.front() << " at " << one.host);
        CHECK(got.has_value() == one.is_good);
        if (!got)
            CHECK(got.error().detail.starts_with("The certificate of " + one.host));
    }
}

// Review 4.17.
TEST_CASE("TLS: the host's name is said to the server in the clear, an address is not") {
    // RFC 6066 section 3: literal addresses are not permitted in "HostName".
    for (auto const& [host, is_said] : {std::pair{"localhost", true}, {"127.0.0.1", false}}) {
        asio::io_context io;
        asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        auto const url = parse_url(
            "https://" + std::string(host) + ":" +
            std::to_string(acceptor.local_endpoint().port()));
        HttpClientOptions with;
        with.tls = TlsContext::client({}).value();
        HttpClient client(io.get_executor(), std::move(with));
        std::string hello;
        asio::co_spawn(io, read_hello(acceptor, hello), asio::detached);
        run_task(io, [](HttpClient& by, Url at) -> Task<void> {
            CHECK_FALSE(co_await by.send(at, HttpRequest(), 20s));
        }(client, url.value()));
        INFO(host);
        CHECK(hello.size() > 100);
        CHECK(hello.contains(host) == is_said);
    }
}

TEST_CASE("TLS: https asked of what speaks plain HTTP is an error in words, and the reverse") {
    World secure(certificate({"127.0.0.1"}));
    auto const plain = secure.ask({.verify = false}, "127.0.0.1", "http");
    REQUIRE_FALSE(plain);
    CHECK(plain.error().code != ErrorCode::timed_out);
    asio::io_context io;
    HttpServer server(io.get_executor(), {}, tell);
    server.start();
    HttpClientOptions with;
    with.tls = TlsContext::client({.verify = false}).value();
    HttpClient client(io.get_executor(), std::move(with));
    run_task(io, [](HttpClient& by, HttpServer& at) -> Task<void> {
        std::string const host = "127.0.0.1:" + std::to_string(at.port());
        auto const got = co_await by.send(parse_url("https://" + host).value(), HttpRequest(), 20s);
        REQUIRE_FALSE(got);
        CHECK(got.error().detail.starts_with("TLS with " + host + " failed: "));
        co_await at.stop(1s);
    }(client, server));
}

TEST_CASE("TLS: bytes that are no handshake get no answer and harm nobody") {
    CertificateText const own = certificate({"127.0.0.1"});
    World world(own);
    std::string answer;
    run_task(world.io(), [](std::uint16_t port, std::string& to) -> Task<void> {
        to = co_await exchange_raw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }(world.port(), answer));
    CHECK(answer.find("HTTP/") == std::string::npos);
    CHECK(world.ask(trusting(own)));
}

TEST_CASE("TLS: a client that is given no way to check a certificate does not ask https") {
    World world(certificate({"127.0.0.1"}));
    HttpClient client(world.io().get_executor(), {});
    run_task(world.io(), [](HttpClient& by, std::uint16_t port) -> Task<void> {
        auto const url = parse_url("https://127.0.0.1:" + std::to_string(port));
        auto const got = co_await by.send(url.value(), HttpRequest(), 20s);
        CHECK_FALSE(got);
    }(client, world.port()));
}

TEST_CASE("TLS: a stream comes whole, piece by piece") {
    CertificateText const own = certificate({"127.0.0.1"});
    World world(own, stream);
    auto const got = world.ask(trusting(own));
    REQUIRE(got);
    CHECK(got->body == "piece piece piece ");
}
