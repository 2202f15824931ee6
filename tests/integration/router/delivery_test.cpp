// SPDX-License-Identifier: Apache-2.0
// The delivery pool against a real HTTP server.
#include <algorithm>
#include <map>

#include "common/event/http_binding.hpp"
#include "common/net/http_server.hpp"
#include "router/delivery/delivery_pool.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

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

struct Delivered {
    std::vector<int> settled;
    std::vector<int> dead;
};

Task<void> submit_all(
    asio::io_context& io, Sink& sink, std::vector<int> counts, Delivered& delivered) {
    DeliveryOptions options;
    options.sink = sink.url();
    options.lanes = lanes;
    options.retry.base = 1ms;
    options.retry.refusals_max = 2;
    DeliveryPool pool(io.get_executor(), options, [&](Settled const& what) {
        (what.dead ? delivered.dead : delivered.settled).push_back(what.event->key);
        return true;
    });
    int key = 0;
    for (int const count : counts) {
        EventEncoding const encoding = pool.encoding();
        for (int i = 0; i < count; ++i, ++key)
            pool.submit(static_cast<std::uint64_t>(key), event_of(key, encoding, options.sink));
        co_await pool.wait_below(1);
    }
    co_await pool.stop(1s);
    co_await sink.stop();
}

Delivered deliver(asio::io_context& io, Sink& sink, std::vector<int> counts) {
    Delivered delivered;
    test::run_task(io, submit_all(io, sink, std::move(counts), delivered));
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

TEST_CASE("Delivery: a sink that announces batches gets what waits in few requests, in order") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    Delivered const delivered = deliver(io, sink, {1, 400});
    CHECK(delivered.settled.size() == 401);
    CHECK(sink.keys.size() == 401);
    CHECK(sink.requests[ContentMode::binary] == 1);
    CHECK(sink.requests[ContentMode::batch] >= 400 / 64);
    CHECK(sink.requests[ContentMode::batch] <= 2 * lanes);
    check_order(sink.keys);
}

TEST_CASE("Delivery: a sink that announces nothing gets each event in a request of its own") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, auto const&) { return 202; });
    sink.announces = false;
    Delivered const delivered = deliver(io, sink, {1, 100});
    CHECK(delivered.settled.size() == 101);
    CHECK(sink.requests == std::map<ContentMode, std::size_t>{{ContentMode::binary, 101}});
    check_order(sink.keys);
}

TEST_CASE("Delivery: of a refused batch only the event at fault becomes a dead letter (F19)") {
    asio::io_context io(1);
    Sink sink(io, [](ContentMode, std::vector<CloudEvent> const& events) {
        bool const has_bad =
            std::ranges::any_of(events, [](CloudEvent const& event) { return event.id == "57"; });
        return has_bad ? 400 : 202;
    });
    Delivered const delivered = deliver(io, sink, {1, 100, 100});
    CHECK(delivered.dead == std::vector<int>{57});
    CHECK(delivered.settled.size() == 200);
    CHECK(sink.keys.size() == 200);
    CHECK(sink.requests[ContentMode::structured] > 1);
    check_order(sink.keys);
}

TEST_CASE("Delivery: a sink that takes no batches after all is not asked again") {
    asio::io_context io(1);
    Sink sink(
        io, [](ContentMode mode, auto const&) { return mode == ContentMode::batch ? 415 : 202; });
    Delivered const delivered = deliver(io, sink, {1, 100, 100});
    CHECK(delivered.dead.empty());
    CHECK(sink.keys.size() == 201);
    CHECK(sink.requests[ContentMode::batch] <= lanes);
    check_order(sink.keys);
}

TEST_CASE("Delivery: a batch that met a busy sink is sent again whole, in order (F16)") {
    asio::io_context io(1);
    std::size_t asked = 0;
    Sink sink(io, [&asked](ContentMode, auto const&) { return ++asked % 3 == 0 ? 503 : 202; });
    Delivered const delivered = deliver(io, sink, {1, 300});
    CHECK(delivered.settled.size() == 301);
    CHECK(sink.keys.size() == 301);
    check_order(sink.keys);
}
