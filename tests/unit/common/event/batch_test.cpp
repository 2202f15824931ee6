// SPDX-License-Identifier: Apache-2.0
#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

std::string const good = R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})";

std::string batch_of(std::size_t events) {
    std::string text = "[";
    for (std::size_t i = 0; i < events; ++i)
        text += (i == 0 ? "" : ",") + good;
    return text + "]";
}

std::string fault_of(std::string const& text, std::size_t events_max = 10) {
    auto const events = events_from_json(text, events_max);
    return events ? "" : events.error().detail;
}

}  // namespace

TEST_CASE("Batch: an empty one is a batch, and so is a full one") {
    CHECK(events_from_json("[]", 3).value().empty());
    CHECK(events_from_json(" [ ] ", 3).value().empty());
    CHECK(events_from_json(batch_of(3), 3).value().size() == 3);
}

TEST_CASE("Batch: one event too many is refused as too large, with the bound") {
    auto const events = events_from_json(batch_of(4), 3);
    REQUIRE_FALSE(events);
    CHECK(events.error().code == ErrorCode::too_large);
    CHECK(events.error().detail == "A batch may hold 3 events at most.");
}

TEST_CASE("Batch: every event that cannot be read is told with its number") {
    std::string const detail = fault_of(
        "[" + good + R"(,{"specversion":"1.0","source":"/s","type":"t"},7,)" + good + ",[]]");
    CHECK(detail.find("Event 1: id is required.") != std::string::npos);
    CHECK(detail.find("Event 2: An event must be a JSON object.") != std::string::npos);
    CHECK(detail.find("Event 4: An event must be a JSON object.") != std::string::npos);
    CHECK(detail.find("Event 0") == std::string::npos);
}

TEST_CASE("Batch: what is no list, or no JSON, is told as that") {
    CHECK(fault_of(good) == "A batch must be a JSON list.");
    CHECK(fault_of("7") == "A batch must be a JSON list.");
    std::string const none;
    for (std::string const& text :
         {none, none + "[", "[" + good, "[" + good + ",]", batch_of(1) + "x"}) {
        INFO(text);
        CHECK(fault_of(text).starts_with("Not valid JSON at byte "));
    }
}

TEST_CASE("Structured mode: what is no object, or stands beside it, is refused") {
    for (std::string const text : {"null", "[]", "\"x\"", "7"}) {
        INFO(text);
        auto const event = event_from_json(text);
        REQUIRE_FALSE(event);
        CHECK(event.error().detail == "An event must be a JSON object.");
    }
    CHECK_FALSE(event_from_json(good + good));
}

TEST_CASE("JSON format: data and data_base64 stand for each other, not beside") {
    std::string const begin = R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)";
    auto const both = event_from_json(begin + R"("data":1,"data_base64":"AA=="})");
    REQUIRE_FALSE(both);
    CHECK(both.error().detail == "data must not stand beside data_base64.");
    for (auto const* bytes : {"\"A\"", "\"A===\"", "7", "null", "[]", "\"\\ud800\""}) {
        INFO(bytes);
        auto const broken = event_from_json(begin + R"("data_base64":)" + bytes + "}");
        REQUIRE_FALSE(broken);
        CHECK(broken.error().detail == "data_base64 must be base64 text.");
    }
    CHECK(event_from_json(begin + R"("data_base64":"AP8="})")->data == std::string("\0\xff", 2));
    CHECK(event_from_json(begin + R"("data_base64":""})")->has_data);
}

TEST_CASE("JSON format: JSON data keeps its bytes, a number not a digit fewer") {
    std::string const data = R"({"n": 12345678901234567890.10, "t":"\u00e9"})";
    auto const event = event_from_json(
        R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":)" + data + "}");
    REQUIRE(event);
    CHECK(event->data == data);
}

TEST_CASE("JSON format: an attribute that is null is as good as absent") {
    auto const event = event_from_json(
        R"({"specversion":"1.0","id":"1","source":"/s","type":"t","subject":null,"vmname":null})");
    REQUIRE(event);
    CHECK(event->subject.empty());
    CHECK(event->extensions.empty());
    CHECK_FALSE(event_from_json(R"({"specversion":"1.0","id":null,"source":"/s","type":"t"})"));
}

TEST_CASE("Content mode: the media type decides before the headers do") {
    Headers headers{{"ce-specversion", "1.0"}};
    CHECK(content_mode(headers) == ContentMode::binary);
    headers.add("content-type", "Application/CloudEvents+JSON; charset=utf-8");
    CHECK(content_mode(headers) == ContentMode::structured);
    headers.set("content-type", "application/cloudevents-batch+json");
    CHECK(content_mode(headers) == ContentMode::batch);
    CHECK(content_mode({{"content-type", "application/json"}}) == ContentMode::none);
}

TEST_CASE("Binary mode: what is not percent-encoded UTF-8 is told by its header") {
    for (auto const* value : {"%", "%zz", "100%", "%ff", "%ed%a0%80"}) {
        INFO(value);
        auto const events = read_events(
            {{"ce-specversion", "1.0"},
             {"ce-id", "1"},
             {"ce-source", "/s"},
             {"ce-type", "t"},
             {"ce-vmname", value}},
            "", 1);
        REQUIRE_FALSE(events);
        CHECK(events.error().detail == "ce-vmname is not percent-encoded UTF-8.");
    }
}

TEST_CASE("Events: what is none at all is told what one needs") {
    auto const events = read_events({{"Content-Type", "text/plain"}}, "hello", 1);
    REQUIRE_FALSE(events);
    CHECK(events.error().code == ErrorCode::invalid);
    CHECK(
        events.error().detail ==
        "Not a CloudEvent: it needs ce-* headers, or Content-Type application/cloudevents+json.");
}
