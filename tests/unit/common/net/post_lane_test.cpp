// SPDX-License-Identifier: Apache-2.0
#include "common/net/post_lane.hpp"

#include "common/base/backoff.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using State = ResponseHead::State;

TEST_CASE("Response head: status, length, close and Retry-After are read") {
    auto const head = parse_response_head(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 12\r\nRetry-After:  7 \r\n"
        "connection: Close\r\n\r\nbody");
    CHECK(head.state == State::complete);
    CHECK(head.status == 503);
    CHECK(head.content_length == 12);
    CHECK(head.retry_after == "7");
    CHECK(head.close);
}

TEST_CASE("Response head: ambiguous and malformed heads are refused (F37)") {
    for (std::string const text :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 2x0 OK\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"}) {
        INFO(text);
        CHECK(parse_response_head(text).state == State::malformed);
    }
    CHECK(parse_response_head("HTTP/1.1 200 OK\r\nContent-Le").state == State::incomplete);
}

TEST_CASE("Response head: close is one of a list, in whichever of several headers") {
    auto const closes = [](std::string const& headers) {
        auto const head = parse_response_head(
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n" + headers + "\r\n");
        REQUIRE(head.state == State::complete);
        return head.close;
    };
    CHECK(closes("Connection: close\r\n"));
    CHECK(closes("Connection: foo, Close\r\n"));
    CHECK(closes("Connection: close\r\nConnection: foo\r\n"));
    CHECK_FALSE(closes("Connection: keep-alive\r\n"));
    CHECK_FALSE(closes("Connection: closed, not-close\r\n"));
    CHECK_FALSE(closes(""));
}

TEST_CASE("Response head: HTTP/1.0 ends the connection, a status without a phrase is one") {
    auto const old = parse_response_head("HTTP/1.0 200 OK\r\n\r\n");
    CHECK(old.state == State::complete);
    CHECK(old.close);
    CHECK(parse_response_head("HTTP/1.1 204\r\n\r\n").status == 204);
    CHECK(parse_response_head("HTTP/1.1 204 \r\n\r\n").status == 204);
}

TEST_CASE("Response head: names are of any case, values without the white space around them") {
    auto const head = parse_response_head(
        "HTTP/1.1 415 X\r\nCONTENT-LENGTH:\t12 \r\naccept-post: application/cloudevents+json\r\n"
        "TRANSFER-encoding-x: chunked\r\n\r\n");
    CHECK(head.content_length == 12);
    CHECK(head.has_length);
    CHECK(head.accept_post == "application/cloudevents+json");
    CHECK_FALSE(head.chunked);
}

TEST_CASE("Response head: it is whole only with its empty line, wherever it is cut") {
    std::string const text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        INFO(bytes << " bytes");
        CHECK(parse_response_head(text.substr(0, bytes)).state == State::incomplete);
    }
    auto const whole = parse_response_head(text + "ok");
    CHECK(whole.state == State::complete);
    CHECK(whole.head_bytes == text.size());
}
