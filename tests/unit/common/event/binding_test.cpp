// SPDX-License-Identifier: Apache-2.0
#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

CloudEvent full_event() {
    CloudEvent event;
    event.id = "7 \"%\" ü";
    event.source = "https://vc/sdk";
    event.type = "t";
    event.subject = "VmPoweredOnEvent";
    event.time = "2026-11-22T10:03:53.5Z";
    event.datacontenttype = "application/json";
    event.data = R"({"a":1})";
    event.has_data = true;
    event.set_attribute("vmname", "Zürich €");
    event.set_attribute("apple", "1");
    return event;
}

}  // namespace

TEST_CASE("Binary mode: an event is read back as it was written, also outside ASCII (F38)") {
    CloudEvent const event = full_event();
    Headers const headers = binary_headers(event);
    CHECK(headers.get("ce-vmname") == "Z%C3%BCrich%20%E2%82%AC");
    CHECK(headers.get("ce-id") == "7%20%22%25%22%20%C3%BC");
    CHECK(content_mode(headers) == ContentMode::binary);
    auto const read = read_events(headers, event.data, 1);
    REQUIRE(read);
    CHECK(read->front() == event);
}

TEST_CASE("JSON format: an event is read back as it was written, whatever its data") {
    CloudEvent event = full_event();
    CHECK(event_from_json(dump_json(to_json(event))).value() == event);
    event.datacontenttype = "text/plain";
    event.data = "plain text";
    CHECK(event_from_json(dump_json(to_json(event))).value() == event);
    event.datacontenttype = "application/octet-stream";
    event.data = std::string("\x00\xff\x01", 3);
    CHECK(to_json(event).contains("data_base64"));
    CHECK(event_from_json(dump_json(to_json(event))).value() == event);
    // Found by fuzzing: as a string it would come back as JSON.
    event.datacontenttype = "";
    event.data = "plain text";
    CHECK(event_from_json(dump_json(to_json(event))).value() == event);
}

TEST_CASE("Events: every broken rule is told") {
    Headers headers{{"ce-specversion", "2.0"}, {"ce-time", "yesterday"}, {"ce-bad_name", "x"}};
    auto const read = read_events(headers, "", 1);
    REQUIRE_FALSE(read);
    for (auto const* word : {"specversion", "id", "source", "type", "time", "bad_name"}) {
        INFO(word);
        CHECK(read.error().detail.find(word) != std::string::npos);
    }
}

TEST_CASE("Events: a data content type that cannot be a header is refused") {
    for (std::string const type : {"a/\xff", "a/b\r\nce-id: 2", "t\xC3\xA9xt/plain"}) {
        CloudEvent event = full_event();
        event.datacontenttype = type;
        CHECK(check(event).size() == 1);
        CHECK_FALSE(event_from_json(dump_json(to_json(event))));
    }
}

TEST_CASE("Structured and batch mode are told by their media type") {
    Headers const structured{{"Content-Type", "application/cloudevents+json; charset=utf-8"}};
    Headers const batch{{"Content-Type", "application/cloudevents-batch+json"}};
    std::string const one = dump_json(to_json(full_event()));
    CHECK(read_events(structured, one, 1).value().size() == 1);
    CHECK(read_events(batch, "[" + one + "," + one + "]", 2).value().size() == 2);
    CHECK(read_events(batch, "[" + one + "," + one + "]", 1).error().code == ErrorCode::too_large);
    CHECK_FALSE(read_events(batch, "[" + one + ",{}]", 5));
    CHECK_FALSE(read_events(structured, "[]", 1));
    CHECK_FALSE(read_events({{"Content-Type", "application/json"}}, one, 1));
}

TEST_CASE("Version 0.3 is kept as received") {
    auto const read = read_events(
        {{"ce-specversion", "0.3"}, {"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "t"}}, "", 1);
    REQUIRE(read);
    CHECK(binary_headers(read->front()).get("ce-specversion") == "0.3");
}
