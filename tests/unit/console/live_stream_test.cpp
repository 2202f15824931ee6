// SPDX-License-Identifier: Apache-2.0
#include "console/live_stream.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

TEST_CASE("Stream: topics and filters are read, Last-Event-ID wins over since") {
    HttpRequest request;
    request.query = "topics=events,sources&type=a%26b&since=5";
    auto wish = read_stream_wish(request);
    REQUIRE(wish);
    CHECK(wish->events);
    CHECK(wish->sources);
    CHECK_FALSE(wish->functions);
    CHECK(wish->event_query == "type=a%26b&");
    CHECK(wish->since == "5");
    request.headers.add("Last-Event-ID", "9");
    CHECK(read_stream_wish(request)->since == "9");
    request.headers.set("Last-Event-ID", "9; DROP");
    CHECK(read_stream_wish(request)->since.empty());
}

TEST_CASE("Stream: without a known topic there is none") {
    HttpRequest request;
    for (auto const* query : {"", "topics=", "topics=eventsx,all"}) {
        request.query = query;
        CHECK_FALSE(read_stream_wish(request));
    }
}
