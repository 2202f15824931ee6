// SPDX-License-Identifier: Apache-2.0
#include "console/feed/stream_wish.hpp"

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
    CHECK(wish->type == "a&b");
    CHECK(wish->since == 5);
    request.headers.add("Last-Event-ID", "9");
    CHECK(read_stream_wish(request)->since == 9);
    request.headers.set("Last-Event-ID", "9; DROP");
    CHECK_FALSE(read_stream_wish(request)->since);
}

TEST_CASE("Stream: without a known topic there is none") {
    HttpRequest request;
    for (auto const* query :
         {"", "topics=", "topics=eventsx,all", "topics=deliveries", "topics=deliveries&seq=x"}) {
        request.query = query;
        CHECK_FALSE(read_stream_wish(request));
    }
    request.query = "topics=deliveries&seq=7";
    CHECK(read_stream_wish(request)->seq == 7);
}

TEST_CASE("Stream: an event is wanted by its type, subject and source") {
    Json const row = {{"type", "t"}, {"subject", "s"}, {"source", "/x"}};
    CHECK(StreamWish{.events = true}.wants_event(row));
    CHECK(StreamWish{.events = true, .type = "t", .source = "/x"}.wants_event(row));
    CHECK_FALSE(StreamWish{.events = true, .type = "T"}.wants_event(row));
    CHECK_FALSE(StreamWish{.functions = true}.wants_event(row));
}
