// SPDX-License-Identifier: Apache-2.0
// The feed of a source against a real HTTP server and disk.
#include <algorithm>
#include <map>

#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/event/http_binding.hpp"
#include "common/net/http_server.hpp"
#include "router/source/source_feed.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

constexpr std::size_t entities = 10;
constexpr std::size_t lanes = 4;

/// A sink that keeps what it took, in order.
class Sink {
public:
    using Judge = std::function<int(ContentMode, std::vector<CloudEvent> const&)>;

    Sink(asio::io_context& io, Judge judge)
        : judge_(std::move(judge)),
          server_(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
        server_.start();
    }

    Url url() const { return parse_url(server_.url() + "/events").value(); }
    Task<void> stop() { return server_.stop(1s); }
    bool announces = true;
    std::vector<int> keys;
    std::map<ContentMode, std::size_t> requests;

private:
    Task<HttpAnswer> take(HttpRequest& request) {
        auto const mode = content_mode(request.headers);
        auto const events = read_events(request.headers, request.body, 1000);
        ++requests[mode];
        HttpAnswer answer;
        answer.status = events ? judge_(mode, *events) : 400;
        if (announces)
            answer.headers.set("Accept-Post", "application/cloudevents-batch+json");
        if (answer.status == 202)
            for (CloudEvent const& event : *events)
                keys.push_back(std::stoi(event.id));
        co_return answer;
    }

    Judge judge_;
    HttpServer server_;
};

OutboundEvent event_of(int key, EventEncoding encoding, Url const& sink) {
    OutboundEvent event;
    event.key = key;
    event.entity = static_cast<std::uint64_t>(key) % entities;
    event.encoding = encoding;
    std::string const id = std::to_string(key);
    event.message = encoding == EventEncoding::json
                        ? R"({"specversion":"1.0","source":"s","type":"t","id":")" + id + "\"}"
                        : post_head(sink) +
                              "ce-specversion: 1.0\r\nce-source: s\r\nce-type: t\r\nce-id: " + id +
                              "\r\nContent-Length: 0\r\n\r\n";
    return event;
}

SystemTime at(int key) {
    return SystemTime(seconds(1'000'000 + key));
}

struct Taken {
    SourceReport report;
    std::string dead_letters;
};

/// A feed on a folder; its room is so small that it is drained whenever there is room.
struct Feed {
    asio::io_context& io;
    test::TemporaryFolder folder;
    Telemetry telemetry;

    SourceFeedOptions options(Sink const& sink) const {
        SourceFeedOptions options;
        options.name = "default/vc";
        options.sink = sink.url();
        options.data_folder = folder.path();
        options.delivery.lanes = lanes;
        options.delivery.retry.base = 1ms;
        options.delivery.retry.refusals_max = 2;
        options.room = 1;
        return options;
    }

    Task<void> take_all(Sink& sink, std::vector<int> counts, Taken& delivered) {
        SourceFeed feed(io.get_executor(), options(sink), telemetry);
        feed.start();
        if (feed.instance().empty())
            REQUIRE((co_await feed.begin_history("uuid", at(0), "")).has_value());
        int key = 0;
        for (int const count : counts) {
            for (int i = 0; i < count; ++i, ++key)
                feed.take(key, at(key), [&](EventEncoding encoding) {
                    return event_of(key, encoding, sink.url());
                });
            REQUIRE((co_await feed.wait_for_room()).has_value());
        }
        delivered.report = feed.report();
        co_await feed.stop();
        delivered.dead_letters =
            read_file(folder.path() / "dead-letters.jsonl", 1 << 20).value_or("");
    }
};

Task<void> take_all(Feed& feed, Sink& sink, std::vector<int> counts, Taken& delivered) {
    co_await feed.take_all(sink, std::move(counts), delivered);
    co_await sink.stop();
}

Taken deliver(asio::io_context& io, Sink& sink, std::vector<int> counts) {
    Feed feed{io, {}, {}};
    Taken delivered;
    test::run_task(io, take_all(feed, sink, std::move(counts), delivered));
    return delivered;
}

void check_order(std::vector<int> const& keys) {
    std::map<int, int> last;
    for (int const key : keys) {
        int const entity = key % static_cast<int>(entities);
        CHECK((!last.contains(entity) || last[entity] < key));
        last[entity] = key;
    }
}

}  // namespace

TEST_CASE("Feed: a sink that announces batches gets what waits in few requests, in order") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    Taken const delivered = deliver(io, sink, {1, 400});
    CHECK(delivered.report.delivered == 401);
    CHECK(sink.keys.size() == 401);
    CHECK(sink.requests[ContentMode::binary] == 1);
    CHECK(sink.requests[ContentMode::batch] >= 400 / 64);
    CHECK(sink.requests[ContentMode::batch] <= 2 * lanes);
    check_order(sink.keys);
}

TEST_CASE("Feed: a sink that announces nothing gets each event in a request of its own") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    sink.announces = false;
    Taken const delivered = deliver(io, sink, {1, 100});
    CHECK(delivered.report.delivered == 101);
    CHECK(sink.requests == std::map<ContentMode, std::size_t>{{ContentMode::binary, 101}});
    check_order(sink.keys);
}

TEST_CASE("Feed: of a refused batch only the event at fault becomes a dead letter (F19)") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, std::vector<CloudEvent> const& events) {
        bool const has_bad =
            std::ranges::any_of(events, [](CloudEvent const& event) { return event.id == "57"; });
        return has_bad ? 400 : 202;
    });
    Taken const delivered = deliver(io, sink, {1, 100, 100});
    CHECK(delivered.report.dead_lettered == 1);
    CHECK(delivered.dead_letters.find("\"key\":57,") != std::string::npos);
    CHECK(delivered.report.delivered == 200);
    CHECK(sink.keys.size() == 200);
    CHECK(sink.requests[ContentMode::structured] > 1);
    check_order(sink.keys);
}

TEST_CASE("Feed: a sink that takes no batches after all is not asked again") {
    asio::io_context io(1);
    Sink sink(
        io, [](ContentMode mode, auto const&) { return mode == ContentMode::batch ? 415 : 202; });
    Taken const delivered = deliver(io, sink, {1, 100, 100});
    CHECK(delivered.report.dead_lettered == 0);
    CHECK(sink.keys.size() == 201);
    CHECK(sink.requests[ContentMode::batch] <= lanes);
    check_order(sink.keys);
}

TEST_CASE("Feed: a batch that met a busy sink is sent again whole, in order (F16)") {
    asio::io_context io(1);
    std::size_t asked = 0;
    Sink sink(io, [&asked](ContentMode, auto const&) { return ++asked % 3 == 0 ? 503 : 202; });
    Taken const delivered = deliver(io, sink, {1, 300});
    CHECK(delivered.report.delivered == 301);
    CHECK(sink.keys.size() == 301);
    check_order(sink.keys);
}

namespace {

Task<void> deliver_twice(Feed& feed, Sink& sink, std::vector<Taken>& delivered) {
    co_await feed.take_all(sink, {100}, delivered.emplace_back());
    co_await feed.take_all(sink, {120}, delivered.emplace_back());
    co_await sink.stop();
}

Task<void> stop_amid(Feed& feed, Sink& sink, std::size_t& received) {
    {
        SourceFeed source(feed.io.get_executor(), feed.options(sink), feed.telemetry);
        source.start();
        REQUIRE((co_await source.begin_history("uuid", at(0), "")).has_value());
        for (int key = 0; key < 400; ++key)
            source.take(key, at(key), [&](EventEncoding encoding) {
                return event_of(key, encoding, sink.url());
            });
        co_await source.stop();
    }
    received = sink.keys.size();
    Taken delivered;
    co_await feed.take_all(sink, {400}, delivered);
    co_await sink.stop();
}

}  // namespace

TEST_CASE("Feed: after a restart, what was delivered is known from the disk") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    Feed feed{io, {}, {}};
    std::vector<Taken> delivered;
    test::run_task(io, deliver_twice(feed, sink, delivered));
    CHECK(sink.keys.size() == 120);
    CHECK(delivered.at(1).report.duplicates_dropped == 100);
}

TEST_CASE("Feed: stopped amid its work, it neither loses nor repeats an event") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    sink.announces = false;
    Feed feed{io, {}, {}};
    std::size_t received = 0;
    test::run_task(io, stop_amid(feed, sink, received));
    CHECK(received < 400);
    CHECK(sink.keys.size() == 400);
    check_order(sink.keys);
}
