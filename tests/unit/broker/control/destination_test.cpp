// SPDX-License-Identifier: Apache-2.0
#include "broker/control/destination.hpp"

#include "common/net/certificate.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Checked<Destination> parse(std::string_view text) {
    return parse_destination(*parse_json(text), "here", "default");
}

Result<Address> at_home(ObjectReference const& reference) {
    return Address{
        .url = "http://host/" + reference.name_space + "/" + reference.name, .authorities_pem = {}};
}

Result<std::string> resolve_url(Destination const& destination, AddressLookup const& lookup) {
    return url_of(resolve(destination, lookup));
}

}  // namespace

TEST_CASE("Destination: a ref is looked up, a uri is taken as it is", "[broker]") {
    auto const ref = parse(R"({"ref": {"apiVersion": "v1", "kind": "Service", "name": "a"}})");
    REQUIRE(ref);
    CHECK(resolve_url(*ref, at_home) == "http://host/default/a");
    auto const uri = parse(R"({"uri": "https://example.com/x?y=1"})");
    REQUIRE(uri);
    CHECK(resolve_url(*uri, at_home) == "https://example.com/x?y=1");
}

TEST_CASE("Destination: a uri beside a ref is relative to it", "[broker]") {
    auto const both = parse(R"({"ref": {"kind": "Service", "name": "a"}, "uri": "/extra?x=1"})");
    REQUIRE(both);
    CHECK(resolve_url(*both, at_home) == "http://host/extra?x=1");
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
        CHECK(resolve_url(*parsed, at_home) == std::string(uri));
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

TEST_CASE("Destination: its own CACerts come before those that its object shows", "[broker]") {
    std::string const own = make_self_signed_certificate({"own"}, 1)->certificate_pem;
    std::string const shown = make_self_signed_certificate({"shown"}, 1)->certificate_pem;
    auto const lookup = [&shown](ObjectReference const&) -> Result<Address> {
        return Address{.url = "https://host/", .authorities_pem = shown};
    };
    Destination to{
        .ref = ObjectReference{"v1", "Service", "default", "a"}, .uri = {}, .authorities_pem = {}};
    CHECK(resolve(to, lookup)->authorities_pem == shown);
    to.authorities_pem = own;
    CHECK(resolve(to, lookup)->authorities_pem == own);
    to.authorities_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    auto const damaged = resolve(to, lookup);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == ErrorCode::invalid);
    CHECK(damaged.error().detail.starts_with("CACerts cannot be used"));
    auto const parsed = parse(R"({"uri": "https://x/", "CACerts": "text"})");
    REQUIRE(parsed);
    CHECK(parsed->authorities_pem == "text");
    CHECK_FALSE(parse(R"({"uri": "https://x/", "CACerts": 7})"));
}
