// SPDX-License-Identifier: Apache-2.0
#include "broker/disk/byte_codec.hpp"

#include "broker/record/stored_event.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

TEST_CASE("Codec: numbers and texts come back as they were", "[broker]") {
    std::string bytes;
    for (std::uint64_t const value :
         {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{300},
          ~std::uint64_t{0}})
        append_varint(bytes, value);
    append_text(bytes, std::string_view("a\0b", 3));
    ByteReader reader(bytes);
    CHECK(reader.varint() == 0);
    CHECK(reader.varint() == 127);
    CHECK(reader.varint() == 128);
    CHECK(reader.varint() == 300);
    CHECK(reader.varint() == ~std::uint64_t{0});
    CHECK(reader.text() == std::string_view("a\0b", 3));
    CHECK(reader.at_end());
    CHECK(reader.ok());
}

TEST_CASE("Codec: short and malformed bytes are found out", "[broker]") {
    for (std::string_view const bad :
         {"\xff",
          "\x05"
          "ab",
          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
        ByteReader reader(bad);
        CHECK(reader.text().empty());
        CHECK_FALSE(reader.ok());
    }
}

TEST_CASE("Codec: the attributes of an event come back, trace context beside them", "[broker]") {
    StoredEvent event;
    event.event = {.specversion = "0.3", .time = "2026-11-22T10:00:00Z", .dataschema = "urn:x"};
    event.event.set_attribute("vmname", "web-01");
    event.event.set_attribute("traceparent", "in the event");
    event.traceparent = "in the header";
    StoredEvent back;
    REQUIRE(decode_attributes(encode_attributes(event), back));
    CHECK(back.event == event.event);
    CHECK(back.traceparent == "in the header");
    CHECK_FALSE(decode_attributes("\x05x", back));
}

TEST_CASE("Codec: events with the same source and partition key share a lane", "[broker]") {
    CloudEvent event{.source = "https://vc/sdk"};
    CHECK(lane_of(event) == 0);
    event.set_attribute("partitionkey", "vm-57");
    std::uint64_t const lane = lane_of(event);
    CHECK(lane != 0);
    CHECK(lane_of(event) == lane);
    event.source = "https://other/sdk";
    CHECK(lane_of(event) != lane);
}
