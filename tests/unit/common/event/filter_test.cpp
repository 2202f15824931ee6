// SPDX-License-Identifier: Apache-2.0
#include "common/event/filter.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

CloudEvent powered_on() {
    CloudEvent event;
    event.id = "1";
    event.source = "https://vc/sdk";
    event.type = "com.vmware.vsphere.VmPoweredOnEvent.v0";
    event.set_attribute("vmname", "prod-db-01");
    return event;
}

Filter filter_of(std::string const& json) {
    auto filter = Filter::parse(parse_json(json).value(), "Trigger default/t");
    INFO((filter ? "" : to_string(filter.error())));
    REQUIRE(filter);
    return *filter;
}

std::string faults_of(std::string const& json) {
    auto const filter = Filter::parse(parse_json(json).value(), "Trigger default/t");
    return filter ? "none" : to_string(filter.error());
}

}  // namespace

TEST_CASE("Filter: each dialect says yes and no") {
    struct Case {
        std::string spec;
        bool matches;
    };
    std::vector<Case> const cases = {
        {R"({})", true},
        {R"({"filter":{}})", true},
        {R"({"filter":{"attributes":{"type":"com.vmware.vsphere.VmPoweredOnEvent.v0"}}})", true},
        {R"({"filter":{"attributes":{"type":"other"}}})", false},
        {R"({"filter":{"attributes":{"vmname":""}}})", true},
        {R"({"filter":{"attributes":{"hostname":""}}})", false},
        {R"({"filters":[{"exact":{"vmname":"prod-db-01"}}]})", true},
        {R"({"filters":[{"prefix":{"vmname":"prod-"}}]})", true},
        {R"({"filters":[{"prefix":{"vmname":"test-"}}]})", false},
        {R"({"filters":[{"suffix":{"type":".v0"}}]})", true},
        {R"({"filters":[{"prefix":{"vmname":"prod-"}},{"exact":{"source":"x"}}]})", false},
        {R"({"filters":[{"any":[{"exact":{"source":"x"}},{"prefix":{"vmname":"p"}}]}]})", true},
        {R"({"filters":[{"all":[{"exact":{"source":"x"}},{"prefix":{"vmname":"p"}}]}]})", false},
        {R"({"filters":[{"not":{"exact":{"source":"x"}}}]})", true},
        {R"({"filters":[{"not":{"prefix":{"vmname":"p"}}}]})", false},
        {R"({"filters":[],"filter":{"attributes":{"type":"other"}}})", false},
        {R"({"filters":[{"exact":{"vmname":"prod-db-01"}}],"filter":{"attributes":{"type":"x"}}})",
         true},
    };
    for (Case const& one : cases) {
        INFO(one.spec);
        CHECK(filter_of(one.spec).matches(powered_on()) == one.matches);
    }
}

TEST_CASE("Filter: a mismatch names the clause and what it wanted") {
    auto const mismatch =
        filter_of(R"({"filters":[{"suffix":{"type":".v0"}},{"prefix":{"vmname":"test-"}}]})")
            .mismatch(powered_on());
    REQUIRE(mismatch);
    CHECK(mismatch->clause == "filters/1/prefix/vmname");
    CHECK(mismatch->attribute == "vmname");
    CHECK(mismatch->expected == "test-");
}

TEST_CASE("Filter: alternatives that all failed are named, with the attribute they share") {
    auto const types =
        filter_of(R"({"filters":[{"any":[{"exact":{"type":"a"}},{"exact":{"type":"b"}}]}]})")
            .mismatch(powered_on());
    REQUIRE(types);
    CHECK(types->clause == "filters/0/any");
    CHECK(types->attribute == "type");
    CHECK(types->expected == "\"a\" or \"b\"");
    auto const mixed =
        filter_of(R"({"filters":[{"any":[{"exact":{"type":"a"}},{"prefix":{"vmname":"b"}}]}]})")
            .mismatch(powered_on());
    REQUIRE(mixed);
    CHECK(mixed->attribute.empty());
    CHECK(mixed->expected == "type \"a\" or vmname a text that begins with \"b\"");
}

TEST_CASE("Filter: an excluded value is named as such, and long lists are cut") {
    auto const excluded = filter_of(R"({"filters":[{"not":{"exact":{"vmname":"prod-db-01"}}}]})")
                              .mismatch(powered_on());
    REQUIRE(excluded);
    CHECK(excluded->attribute == "vmname");
    CHECK(excluded->expected == "anything but \"prod-db-01\"");
    Json any = Json::array();
    for (int i = 0; i < 8; ++i)
        any.push_back({{"exact", {{"type", std::to_string(i)}}}});
    Json const filters = Json::array({Json{{"any", any}}});
    auto const many = filter_of(Json{{"filters", filters}}.dump()).mismatch(powered_on());
    REQUIRE(many);
    CHECK(many->expected == R"("0" or "1" or "2" or "3" or "4" or one of 3 more)");
}

TEST_CASE("Filter: what cannot be parsed is a fault and never passes") {
    CHECK(
        faults_of(R"({"filters":[{"regex":{"type":"x"}}]})").find("no such dialect") !=
        std::string::npos);
    CHECK(
        faults_of(R"({"filters":[{"exact":{"Bad-Name":"x"}}]})").find("no attribute name") !=
        std::string::npos);
    CHECK(
        faults_of(R"({"filters":[{"exact":{"a":1}},{"prefix":{"b":""}}]})") ==
        "Trigger default/t /spec/filters/0/exact/a: must be a text; put numbers and booleans in "
        "quotes.\nTrigger default/t /spec/filters/1/prefix/b: must not be empty.");
    CHECK(faults_of(R"({"filters":{"exact":{}}})").find("must be a list") != std::string::npos);
}
