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

// WHATWG HTML 9.2.6: an event that the stream's end cuts off is no event, nor is its id one.
TEST_CASE("SSE reader: the id of an event that broke off is not the one to go on from") {
    SseReader reader;
    REQUIRE(reader.feed("id: 1\ndata: whole\n\nid: 2\ndata: cut"));
    REQUIRE(reader.next());
    CHECK_FALSE(reader.next());
    CHECK(reader.last_id() == "1");
    REQUIRE(reader.feed(" off\n"));
    CHECK_FALSE(reader.next());
    CHECK(reader.last_id() == "1");
    REQUIRE(reader.feed("\n"));
    auto const item = reader.next();
    REQUIRE(item);
    CHECK(item->data == "cut off");
    CHECK(item->id == "2");
    CHECK(reader.last_id() == "2");
}

TEST_CASE("SSE reader: an id stays until another comes, an empty one takes it back") {
    SseReader reader;
    REQUIRE(reader.feed("id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"));
    CHECK(reader.next()->id == "1");
    CHECK(reader.next()->id == "1");
    CHECK(reader.next()->id.empty());
}

TEST_CASE("SSE reader: an id with a NUL is none") {
    SseReader reader;
    REQUIRE(reader.feed("id: 1\ndata: a\n\n"));
    REQUIRE(reader.feed(std::string_view("id: 2\0\ndata: b\n\n", 16)));
    CHECK(reader.next()->id == "1");
    CHECK(reader.next()->id == "1");
}

TEST_CASE("SSE reader: one byte order mark before everything is passed over") {
    for (std::size_t bytes = 1; bytes < 8; ++bytes) {
        auto const items = read_in_pieces(
            "\xef\xbb\xbf"
            "data: a\n\n\xef\xbb\xbf"
            "data: b\n\ndata: c\n\n",
            bytes);
        REQUIRE(items.size() == 2);
        CHECK(items[0].data == "a");
        CHECK(items[1].data == "c");
    }
}

TEST_CASE("SSE reader: one space behind the colon belongs to the form, more to the value") {
    auto const items = read_in_pieces("data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\n", 1000);
    REQUIRE(items.size() == 4);
    CHECK(items[0].data == "a");
    CHECK(items[1].data == "a");
    CHECK(items[2].data == " a");
    CHECK(items[3].data == "\ta");
}

TEST_CASE("SSE reader: names of fields are in lower case and whole") {
    auto const items = read_in_pieces("Data: a\ndata2: b\n data: c\ndata: d\n\n", 1000);
    REQUIRE(items.size() == 1);
    CHECK(items[0].data == "d");
}
