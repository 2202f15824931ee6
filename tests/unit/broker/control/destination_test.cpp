// SPDX-License-Identifier: Apache-2.0
#include "broker/control/destination.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Checked<Destination> parse(std::string_view text) {
    return parse_destination(*parse_json(text), "here", "default");
}

Result<std::string> at_home(ObjectReference const& reference) {
    return "http://host/" + reference.name_space + "/" + reference.name;
}

}  // namespace

TEST_CASE("Destination: a ref is looked up, a uri is taken as it is", "[broker]") {
    auto const ref = parse(R"({"ref": {"apiVersion": "v1", "kind": "Service", "name": "a"}})");
    REQUIRE(ref);
    CHECK(resolve(*ref, at_home) == "http://host/default/a");
    auto const uri = parse(R"({"uri": "https://example.com/x?y=1"})");
    REQUIRE(uri);
    CHECK(resolve(*uri, at_home) == "https://example.com/x?y=1");
}

TEST_CASE("Destination: a uri beside a ref is relative to it", "[broker]") {
    auto const both = parse(R"({"ref": {"kind": "Service", "name": "a"}, "uri": "/extra?x=1"})");
    REQUIRE(both);
    CHECK(resolve(*both, at_home) == "http://host/extra?x=1");
    CHECK(join_url("http://host/a/b", "c") == "http://host/a/c");
    CHECK(join_url("http://host/a/b", "../c") == "http://host/c");
    CHECK(join_url("http://host", "c") == "http://host/c");
    CHECK(join_url("http://host/a?q=1", "?r=2") == "http://host/a?r=2");
    CHECK(join_url("http://host/a/b/", "./") == "http://host/a/b/");
}

TEST_CASE(
    "Destination: a uri of a foreign scheme is taken, since its deliveries tell", "[broker]") {
    for (std::string_view const uri : {"bad://uri", "ftp://x", "Kafka://topic"}) {
        INFO(uri);
        auto const parsed = parse(R"({"uri": ")" + std::string(uri) + R"("})");
        REQUIRE(parsed);
        CHECK(resolve(*parsed, at_home) == std::string(uri));
    }
}

TEST_CASE("Destination: faults name the place and the remedy", "[broker]") {
    for (std::string_view const bad :
         {R"({})", R"("http://x")", R"({"uri": "http://"})", R"({"uri": "relative"})",
          R"({"uri": ""})", R"({"uri": "://x"})", R"({"uri": "HTTPS://u:p@x/"})",
          R"({"ref": {"kind": "Service"}})", R"({"ref": {"name": "a"}})", R"({"ref": 7})",
          R"({"ref": {"kind": "Service", "name": "a"}, "uri": "http://elsewhere/"})"}) {
        INFO(bad);
        CHECK_FALSE(parse(bad));
    }
}
