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
