// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/subscriber_message.hpp"

#include "common/base/encoding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

HttpResponse answer(int status, std::string body = {}, Headers headers = {}) {
    return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

}  // namespace

TEST_CASE("Subscriber: gets the event in binary mode with its trace context", "[broker]") {
    StoredEvent stored;
    stored.traceparent = "00-1-2-01";
    stored.event = {.id = "1", .source = "/s", .type = "t", .datacontenttype = "text/plain"};
    stored.event.data = "hello";
    auto const request = subscriber_request(stored, stored.event, {.trigger = "shop/echo"});
    CHECK(request.method == "POST");
    CHECK(request.headers.get("ce-id") == "1");
    CHECK(request.headers.get("traceparent") == "00-1-2-01");
    CHECK(request.headers.get("prefer") == "reply");
    CHECK(request.headers.get("kn-namespace") == "shop");
    CHECK(request.headers.get("content-type") == "text/plain");
    CHECK(request.body == "hello");
}

TEST_CASE("Subscriber: gets the event as JSON where its format is", "[broker]") {
    StoredEvent stored;
    stored.traceparent = "00-1-2-01";
    stored.event = {.id = "1", .source = "/s", .type = "t", .datacontenttype = "application/json"};
    stored.event.data = R"({"exact":12345678901234567890123.10})";
    stored.event.has_data = true;
    auto const request =
        subscriber_request(stored, stored.event, {.format = ContentMode::structured});
    CHECK(request.headers.get("content-type") == "application/cloudevents+json");
    CHECK(request.headers.get("ce-id").empty());
    CHECK(request.headers.get("prefer") == "reply");
    CHECK(request.headers.get("traceparent") == "00-1-2-01");
    auto const read = read_events(request.headers, request.body, 1);
    REQUIRE(read);
    CHECK(read->front().id == "1");
    CHECK(read->front().data == stored.event.data);
}

TEST_CASE("Subscriber: 200 with an event is a reply, 202's body is not", "[broker]") {
    Headers const headers = {
        {"ce-specversion", "1.0"}, {"ce-id", "r"}, {"ce-source", "/f"}, {"ce-type", "reply"}};
    auto const reply = read_answer(answer(200, "x", headers));
    REQUIRE(reply.reply);
    CHECK(reply.reply->type == "reply");
    CHECK(reply.result.error.empty());
    auto const ignored = read_answer(answer(202, "x", headers));
    CHECK_FALSE(ignored.reply);
    CHECK(ignored.result.error.empty());
    CHECK(read_answer(answer(200)).result.error.empty());
    CHECK(read_answer(answer(204)).result.error.empty());
    auto const structured = read_answer(answer(
        200, R"({"specversion":"1.0","id":"r","source":"/f","type":"t"})",
        {{"Content-Type", "application/cloudevents+json"}}));
    CHECK(structured.reply);
}

TEST_CASE("Subscriber: a malformed reply is a failure that is retried", "[broker]") {
    for (auto const& bad :
         {answer(200, "ok"), answer(200, "x", {{"ce-specversion", "1.0"}, {"ce-id", "r"}}),
          answer(200, "[]", {{"Content-Type", "application/cloudevents-batch+json"}})}) {
        auto const meaning = read_answer(bad);
        CHECK_FALSE(meaning.reply);
        CHECK_FALSE(meaning.result.error.empty());
        CHECK(decide({}, meaning.result, 1, {}).next == Decision::Next::retry);
    }
}

TEST_CASE("Subscriber: a refusal is shown with the beginning of its body", "[broker]") {
    auto const meaning = read_answer(
        answer(503, std::string("not\nnow") + std::string(5000, 'x'), {{"Retry-After", "7"}}));
    CHECK(meaning.result.status == 503);
    CHECK(meaning.result.retry_after == "7");
    CHECK(meaning.result.error.starts_with("The subscriber answered 503: not now"));
    CHECK(meaning.result.error.size() < 300);
    CHECK(meaning.error_data.size() == 1024);
    CHECK(read_answer(answer(302)).result.error == "The subscriber answered 302.");
}

TEST_CASE("Dead letter: the extensions of Knative's specification", "[broker]") {
    CloudEvent const event{.id = "1", .source = "/s", .type = "t"};
    auto const letter = dead_letter_event(
        event, {.destination = "http://f/", .status = 503, .data = std::string(5000, 'x')});
    CHECK(letter.attribute("knativeerrordest") == "http://f/");
    CHECK(letter.attribute("knativeerrorcode") == "503");
    CHECK(letter.attribute("knativeerrordata").size() <= 1024);
    CHECK(base64_decode(letter.attribute("knativeerrordata")));
    auto const silent = dead_letter_event(event, {.destination = "d", .error = "timed out"});
    CHECK(silent.attribute("knativeerrorcode") == "500");
    CHECK(base64_decode(silent.attribute("knativeerrordata")) == "timed out");
}

// Review 4.23.
TEST_CASE("Answer: busy is what says so, not every 503", "[broker]") {
    HttpResponse answer;
    answer.headers.add("Retry-After", "1");
    answer.status = 429;
    CHECK(read_answer(answer).result.is_busy);
    answer.status = 503;
    CHECK_FALSE(read_answer(answer).result.is_busy);
    answer.body = R"({"type":"urn:millrace:problem:busy","status":503})";
    CHECK(read_answer(answer).result.is_busy);
    answer.body = R"({"type":"urn:millrace:problem:retryLater","status":503})";
    CHECK_FALSE(read_answer(answer).result.is_busy);
}
