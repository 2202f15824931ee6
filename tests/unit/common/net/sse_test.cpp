// SPDX-License-Identifier: Apache-2.0
#include "common/net/sse.hpp"

#include "common/net/async_signal.hpp"
#include "common/net/sse_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

/// A reader's connection that takes what is written, or has gone.
class Peer final : public BodyWriter {
public:
    explicit Peer(asio::any_io_executor executor) : got_more(std::move(executor)) {}

    Task<Result<void>> write(std::string_view bytes) override {
        if (has_gone)
            co_return failure(ErrorCode::closed, "The peer has gone.");
        text += bytes;
        ++writes;
        got_more.notify();
        co_return Result<void>();
    }
    void abandon() override {}

    std::string text;
    int writes = 0;
    bool has_gone = false;
    AsyncSignal got_more;
};

std::vector<SseItem> items_of(std::string_view stream) {
    SseReader reader;
    REQUIRE(reader.feed(stream));
    std::vector<SseItem> items;
    while (auto item = reader.next())
        items.push_back(std::move(*item));
    return items;
}

void run_what_is_ready(asio::io_context& io) {
    io.restart();
    io.poll();
}

}  // namespace

TEST_CASE("SSE: an event has a line each for id, name and data, and ends with an empty one") {
    CHECK(format_sse("event", "{}", "7") == "id: 7\nevent: event\ndata: {}\n\n");
    CHECK(format_sse("end", "") == "event: end\ndata: \n\n");
}

// WHATWG HTML 9.2.5: CR LF, LF and CR each end a line.
TEST_CASE("SSE: a line end of any kind in the data cannot begin a field of its own") {
    for (std::string const end : {"\n", "\r", "\r\n"}) {
        auto const items =
            items_of(format_sse("log", "one" + end + "event: forged" + end + "id: 9"));
        REQUIRE(items.size() == 1);
        CHECK(items[0].event == "log");
        CHECK(items[0].data == "one\nevent: forged\nid: 9");
        CHECK(items[0].id.empty());
    }
}

TEST_CASE("SSE: data is read back as it was written, empty lines at its end too") {
    for (std::string const data :
         {"", "a", "a\n", "\n", "\n\na\n\n", " a", "  ", ":a", "a: b\n c"}) {
        auto const items = items_of(format_sse("x", data));
        INFO('"' << data << '"');
        REQUIRE(items.size() == 1);
        CHECK(items[0].data == data);
    }
}

TEST_CASE("SSE queue: what waits goes out in order, in one write, and the end after it") {
    asio::io_context io;
    SseQueue queue(io.get_executor(), 10);
    Peer peer(io.get_executor());
    queue.push("one ");
    queue.push("two ");
    queue.finish();
    run_task(io, queue.run(peer));
    CHECK(peer.text == "one two ");
    CHECK(peer.writes == 1);
}

TEST_CASE("SSE queue: what comes while nothing waits is written at once") {
    asio::io_context io;
    SseQueue queue(io.get_executor(), 10);
    Peer peer(io.get_executor());
    TaskGroup tasks(io.get_executor());
    tasks.spawn("stream", queue.run(peer));
    run_what_is_ready(io);
    CHECK(peer.text.empty());
    queue.push("late");
    run_what_is_ready(io);
    CHECK(peer.text == "late");
    queue.finish();
    run_what_is_ready(io);
    CHECK(tasks.size() == 0);
}

TEST_CASE("SSE queue: when it is full the oldest go, and the reader is told how many") {
    asio::io_context io;
    SseQueue queue(io.get_executor(), 3);
    Peer peer(io.get_executor());
    for (int i = 1; i <= 5; ++i)
        queue.push(format_sse("event", std::to_string(i)));
    queue.finish();
    run_task(io, queue.run(peer));
    auto const items = items_of(peer.text);
    REQUIRE(items.size() == 4);
    CHECK(items[0].event == "dropped");
    CHECK(items[0].data == R"({"n":2})");
    CHECK(items[1].data == "3");
    CHECK(items[3].data == "5");
}

TEST_CASE("SSE queue: a reader that has gone ends it, whatever waits") {
    asio::io_context io;
    SseQueue queue(io.get_executor(), 3);
    Peer peer(io.get_executor());
    peer.has_gone = true;
    queue.push("for nobody");
    run_task(io, queue.run(peer));
    CHECK(peer.writes == 0);
}

TEST_CASE("SSE queue: it ends when its task is to end") {
    asio::io_context io;
    SseQueue queue(io.get_executor(), 3);
    Peer peer(io.get_executor());
    TaskGroup tasks(io.get_executor());
    tasks.spawn("stream", queue.run(peer));
    run_what_is_ready(io);
    run_task(io, tasks.stop());
    CHECK(peer.text.empty());
}

TEST_CASE("SSE hub: each reader gets the topics it wants, from when it came, after its own first") {
    asio::io_context io;
    SseHub hub(io.get_executor());
    hub.publish("a", "before ");
    HttpAnswer const wants_a =
        hub.subscribe([](std::string_view topic) { return topic == "a"; }, "first ");
    HttpAnswer const wants_all = hub.subscribe([](std::string_view) { return true; }, "");
    hub.publish("a", "1 ");
    hub.publish("b", "2 ");
    Peer one(io.get_executor());
    Peer two(io.get_executor());
    TaskGroup tasks(io.get_executor());
    tasks.spawn("one", wants_a.stream(one));
    tasks.spawn("two", wants_all.stream(two));
    run_what_is_ready(io);
    CHECK(one.text == "first 1 ");
    CHECK(two.text == ": open\n\n1 2 ");
    run_task(io, tasks.stop());
}

TEST_CASE("SSE hub: a stream says what it is, and that nobody may keep or hold it back") {
    asio::io_context io;
    SseHub hub(io.get_executor());
    HttpAnswer const answer = hub.subscribe([](std::string_view) { return true; }, "");
    CHECK(answer.headers.get("content-type") == "text/event-stream");
    CHECK(answer.headers.get("cache-control") == "no-store");
    CHECK(answer.headers.get("x-accel-buffering") == "no");
}

TEST_CASE("SSE hub: a reader whose answer is gone is forgotten at the next news") {
    asio::io_context io;
    SseHub hub(io.get_executor());
    {
        HttpAnswer const answer = hub.subscribe([](std::string_view) { return true; }, "");
        hub.publish("a", "x");
        CHECK(hub.readers() == 1);
    }
    hub.publish("a", "x");
    CHECK(hub.readers() == 0);
}
