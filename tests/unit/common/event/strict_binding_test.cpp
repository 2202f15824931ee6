// SPDX-License-Identifier: Apache-2.0
#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

Headers headers(std::initializer_list<Headers::Item> more = {}) {
    Headers all{{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "t"}};
    for (auto const& [name, value] : more)
        all.add(name, value);
    return all;
}

Result<CloudEvent> read(Headers const& from, std::string_view body = {}) {
    auto events = read_events(from, body, 1);
    if (!events)
        return std::unexpected(events.error());
    return std::move(events->front());
}

Result<CloudEvent> read_json(std::string const& members) {
    return event_from_json(R"({"specversion":"1.0",)" + members + "}");
}

std::string const needed = R"("id":"1","source":"/s","type":"t")";

}  // namespace

// attack 14
TEST_CASE("JSON format: the implied application/json is said") {
    CHECK(read_json(needed + R"(,"data":{"a":1})")->datacontenttype == "application/json");
    CHECK(read_json(needed + R"(,"data":null)")->datacontenttype == "application/json");
    CHECK(read_json(needed)->datacontenttype.empty());
    CHECK(read_json(needed + R"(,"data_base64":"AA==")")->datacontenttype.empty());
    CHECK(
        read_json(needed + R"(,"datacontenttype":"text/plain","data":"x")")->datacontenttype ==
        "text/plain");
}

// attack 15, reports 8
TEST_CASE("Events: a time may be any of RFC 3339, and needs its offset") {
    for (auto const* time : {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
        CHECK(read(headers({{"ce-time", time}}))->time == time);
    auto const read_without = read(headers({{"ce-time", "2020-06-17T12:52:43"}}));
    REQUIRE_FALSE(read_without);
    CHECK(read_without.error().detail.find("with Z or an offset") != std::string::npos);
}

// attack 19
TEST_CASE("JSON format: a core attribute is a string, an extension at most a 32-bit integer") {
    for (auto const* members :
         {R"("id":1,"source":"/s","type":"t")", R"("id":"1","source":true,"type":"t")",
          R"("id":"1","source":"/s","type":7)", R"("id":"1","source":"/s","type":"t","subject":1)"})
        CHECK_FALSE(read_json(members));
    CHECK(
        read_json(needed + R"(,"n":2147483647,"m":-2147483648,"b":true)")->attribute("n") ==
        "2147483647");
    for (auto const* value : {"2147483648", "-2147483649", "1.5", "1e3", "[]", "{}"})
        CHECK_FALSE(read_json(needed + ",\"n\":" + value));
    CHECK_FALSE(read_json(needed + R"(,"x":"","x":"1")"));
    CHECK(read_json(needed + R"(,"x":"")")->extensions.empty());
}

TEST_CASE("Events: no attribute has control characters or noncharacters, in either form") {
    for (std::string const bad :
         {"\xc2\x80", "\xc2\x9f", "\xef\xb7\x90", "\xef\xb7\xaf", "\xef\xbf\xbe", "\xef\xbf\xbf",
          "\xf0\x9f\xbf\xbe", "\x7f"}) {
        CHECK_FALSE(is_attribute_text("a" + bad));
        CHECK(
            to_attribute_text("a" + bad + "b") ==
            "a\xef\xbf\xbd"
            "b");
        std::string encoded;
        append_header_value(encoded, bad);
        CHECK_FALSE(read(headers({{"ce-vmname", encoded}})));
        CHECK_FALSE(read_json(needed + ",\"vmname\":\"" + bad + "\""));
    }
    for (std::string const good :
         {"\xc2\xa0", "\xef\xb7\x8f", "\xef\xb7\xb0", "\xef\xbf\xbd", "\xf0\x9f\x98\x80", "ü €"}) {
        CHECK(is_attribute_text(good));
        CHECK(to_attribute_text(good) == good);
        CHECK(read_json(needed + ",\"vmname\":\"" + good + "\""));
    }
    CHECK(to_attribute_text("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("Binary mode: what stands twice is refused, an empty one counts") {
    CHECK_FALSE(read(headers({{"ce-x", ""}, {"ce-x", "1"}})));
    CHECK_FALSE(read(headers({{"ce-x", "1"}, {"CE-X", "1"}})));
    CHECK(read(headers({{"ce-x", ""}}))->extensions.empty());
    auto const types = read(headers({{"Content-Type", "a/b"}, {"content-type", "a/b"}}), "x");
    REQUIRE_FALSE(types);
    CHECK(types.error().detail == "Content-Type stands twice.");
}

// attack 20, reports 9
TEST_CASE("Binary mode: a quoted value is unquoted, its escapes too, and then decoded") {
    CHECK(
        read(headers({{"ce-subject", R"("say \"hi\" \\ bye")"}}))->subject == R"(say "hi" \ bye)");
    CHECK(read(headers({{"ce-subject", R"("web%2541")"}}))->subject == "web%41");
    CHECK(read(headers({{"ce-subject", R"("")"}}))->subject.empty());
    CHECK(read(headers({{"ce-subject", R"(")"}}))->subject == "\"");
}

// reports 6
TEST_CASE("Events: a coded body is refused in words, for nobody could read its data") {
    auto const coded = read(
        headers({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}), "\x1f\x8b");
    REQUIRE_FALSE(coded);
    CHECK(coded.error().code == ErrorCode::unsupported);
    CHECK(
        coded.error().detail == "Content-Encoding gzip is not supported; send the body as it is.");
    CHECK(read(headers({{"Content-Encoding", "identity"}}), "x"));
}

// reports 13
TEST_CASE("Binary mode: ce-datacontenttype beside Content-Type is tolerated, as Knative does") {
    auto const both = read(
        headers({{"ce-datacontenttype", "text/xml"}, {"Content-Type", "application/json"}}), "{}");
    REQUIRE(both);
    CHECK(both->datacontenttype == "application/json");
    CHECK(read(headers({{"ce-datacontenttype", "text/xml"}}), "x")->datacontenttype == "text/xml");
    CHECK_FALSE(read(headers({{"ce-data", "x"}})));
}

// reports 14
TEST_CASE("Events: a structured format that is not JSON is not taken for data") {
    for (auto const* type :
         {"application/cloudevents+xml", "application/cloudevents+avro",
          "application/cloudevents-batch+xml", "application/cloudevents"}) {
        auto const event = read(headers({{"Content-Type", type}}), "<event/>");
        REQUIRE_FALSE(event);
        CHECK(event.error().code == ErrorCode::unsupported);
        CHECK(event.error().detail.find(type) == 0);
    }
}

// review 4.10
TEST_CASE("Events: every attribute is bounded, and all of them together") {
    std::string const most(attribute_bytes_max, 'x');
    CHECK(read(headers({{"ce-subject", most}})));
    for (auto const* name : {"ce-subject", "ce-dataschema", "ce-vmname", "Content-Type"}) {
        auto const long_one = read(headers({{name, most + "x"}}));
        REQUIRE_FALSE(long_one);
        CHECK(long_one.error().detail.find("must be at most 8 KiB") != std::string::npos);
    }
    auto const all = read(headers({{"ce-a", most}, {"ce-b", most}}));
    REQUIRE_FALSE(all);
    CHECK(all.error().detail.find("16 KiB together") != std::string::npos);
    std::string many = needed;
    for (int i = 0; i < 2'000; ++i)
        many += ",\"a" + std::to_string(i) + "\":\"1\"";
    CHECK_FALSE(read_json(many));
    CHECK(to_attribute_text(std::string(100'000, 'x')).size() == attribute_bytes_max);
}
