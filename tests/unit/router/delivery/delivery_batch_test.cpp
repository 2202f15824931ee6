// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_batch.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

Waiting waiting(EventEncoding encoding, std::string message) {
    Waiting one;
    one.event.encoding = encoding;
    one.event.message = std::move(message);
    return one;
}

Waiting json(std::string message = "{}") {
    return waiting(EventEncoding::json, std::move(message));
}

}  // namespace

TEST_CASE("Batch: only to a sink that takes them, and only of events written for one") {
    BatchLimits const limits;
    std::deque<Waiting> queue{json(), json(), waiting(EventEncoding::request, "POST"), json()};
    CHECK(events_of_next_request(queue, false, limits) == 1);
    CHECK(events_of_next_request(queue, true, limits) == 2);
    queue.erase(queue.begin(), queue.begin() + 2);
    CHECK(events_of_next_request(queue, true, limits) == 1);
}

TEST_CASE("Batch: bounded by events and by bytes; an event that is too large goes alone") {
    BatchLimits const limits{.events = 3, .bytes = 10};
    CHECK(events_of_next_request({json(), json(), json(), json()}, true, limits) == 3);
    CHECK(events_of_next_request({json("123456"), json("1234"), json()}, true, limits) == 2);
    CHECK(events_of_next_request({json("12345678901"), json()}, true, limits) == 1);
}

TEST_CASE("Batch: one event is sent in structured mode, several as a JSON list") {
    std::deque<Waiting> const queue{json(R"({"a":1})"), json("{}")};
    CHECK(
        request_of(queue, 1, "HEAD\r\n") ==
        "HEAD\r\nContent-Type: application/cloudevents+json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
    CHECK(
        request_of(queue, 2, "HEAD\r\n") ==
        "HEAD\r\nContent-Type: application/cloudevents-batch+json\r\nContent-Length: 12\r\n\r\n"
        "[{\"a\":1},{}]");
}

TEST_CASE("Batch: announced by the media type, not by a wildcard") {
    CHECK(announces_batches("application/cloudevents-batch+json"));
    CHECK(announces_batches("application/json, application/cloudevents-batch+json"));
    CHECK_FALSE(announces_batches("*/*"));
    CHECK_FALSE(announces_batches(""));
}
