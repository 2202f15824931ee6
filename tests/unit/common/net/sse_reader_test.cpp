// SPDX-License-Identifier: Apache-2.0
#include "common/net/sse_reader.hpp"

#include <vector>

#include "common/net/sse.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

std::vector<SseItem> read_in_pieces(std::string const& stream, std::size_t bytes) {
    SseReader reader;
    std::vector<SseItem> items;
    for (std::size_t at = 0; at < stream.size(); at += bytes) {
        REQUIRE(reader.feed(std::string_view(stream).substr(at, bytes)));
        while (auto item = reader.next())
            items.push_back(std::move(*item));
    }
    return items;
}

}  // namespace

TEST_CASE("SSE reader: what the writer writes is read as it was, however it is cut") {
    std::string const stream = ": open\n\n" + format_sse("event", "{\"a\":1}", "7") + ": ping\n\n" +
                               format_sse("dropped", "one\ntwo") + format_sse("end", "");
    for (std::size_t bytes = 1; bytes <= stream.size(); ++bytes) {
        INFO("pieces of " << bytes);
        auto const items = read_in_pieces(stream, bytes);
        REQUIRE(items.size() == 3);
        CHECK(items[0].event == "event");
        CHECK(items[0].data == "{\"a\":1}");
        CHECK(items[0].id == "7");
        CHECK(items[1].event == "dropped");
        CHECK(items[1].data == "one\ntwo");
        CHECK(items[1].id == "7");
        CHECK(items[2].event == "end");
        CHECK(items[2].data.empty());
    }
}

TEST_CASE("SSE reader: line ends of every kind, a field without a colon, an unknown field") {
    for (std::size_t bytes : {1UL, 3UL, 1000UL}) {
        auto const items =
            read_in_pieces("event:a\r\ndata:x\r\n\r\ndata\rdata\r\rretry: 5\nfoo: 1\n\n", bytes);
        REQUIRE(items.size() == 2);
        CHECK(items[0].event == "a");
        CHECK(items[0].data == "x");
        CHECK(items[1].event == "message");
        CHECK(items[1].data == "\n");
    }
}

TEST_CASE("SSE reader: an id without data moves the position and is no event") {
    SseReader reader;
    REQUIRE(reader.feed("id: 41\n\n"));
    CHECK_FALSE(reader.next());
    CHECK(reader.last_id() == "41");
}

TEST_CASE("SSE reader: an event that never ends is refused at the limit") {
    SseReader one_line(100);
    CHECK(one_line.feed("data: " + std::string(90, 'x')));
    CHECK(one_line.feed(std::string(90, 'x')).error().code == ErrorCode::too_large);
    SseReader many_lines(100);
    Result<void> fed;
    for (int i = 0; i < 200 && fed; ++i) {
        fed = many_lines.feed("data: x\n");
        CHECK_FALSE(many_lines.next());
    }
    CHECK_FALSE(fed);
    // Small events in any number are no large one.
    SseReader small(100);
    for (int i = 0; i < 200; ++i) {
        REQUIRE(small.feed("data: 0123456789\n\n"));
        CHECK(small.next());
    }
}
