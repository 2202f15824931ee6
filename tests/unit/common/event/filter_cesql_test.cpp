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
    event.subject = "VmPoweredOnEvent";
    event.time = "2026-11-22T10:03:53Z";
    event.datacontenttype = "application/json";
    event.dataschema = "https://schemas/event";
    event.set_attribute("vmname", "prod-db-01");
    event.set_attribute("cpus", "4");
    event.set_attribute("isnew", "true");
    return event;
}

Json with_cesql(std::string const& expression) {
    return {{"filters", Json::array({{{"cesql", expression}}})}};
}

Filter filter_of(Json const& spec) {
    auto filter = Filter::parse(spec, "Trigger a/b");
    INFO((filter ? "" : to_string(filter.error())));
    REQUIRE(filter);
    return *filter;
}

std::string faults_of(Json const& spec) {
    auto const filter = Filter::parse(spec, "Trigger a/b");
    return filter ? "none" : to_string(filter.error());
}

bool matches(std::string const& expression) {
    return filter_of(with_cesql(expression)).matches(powered_on());
}

std::string expected_of(std::string const& expression) {
    auto const mismatch = filter_of(with_cesql(expression)).mismatch(powered_on());
    REQUIRE(mismatch);
    CHECK(mismatch->clause == "filters/0/cesql");
    CHECK(mismatch->attribute.empty());
    return mismatch->expected;
}

}  // namespace

TEST_CASE("Filter cesql: an event matches when its expression is true") {
    CHECK(matches("type LIKE 'com.vmware.%'"));
    CHECK(matches("vmname LIKE 'prod-%' AND cpus >= 4"));
    CHECK_FALSE(matches("vmname LIKE 'test-%'"));
    CHECK_FALSE(matches("cpus + 1 < 5"));
}

TEST_CASE("Filter cesql: every context attribute and extension is there by its name") {
    CHECK(matches("id = '1' AND source = 'https://vc/sdk' AND specversion = '1.0'"));
    CHECK(matches("subject = 'VmPoweredOnEvent' AND time LIKE '2026-%'"));
    CHECK(matches("datacontenttype LIKE '%json' AND dataschema = 'https://schemas/event'"));
    CHECK(matches("EXISTS vmname AND NOT EXISTS hostname AND NOT EXISTS data"));
}

TEST_CASE("Filter cesql: a result that is no boolean matches if it can be cast to true") {
    CHECK(matches("isnew"));
    CHECK(matches("cpus + 0"));
    CHECK_FALSE(matches("cpus - 4"));
    CHECK_FALSE(matches("vmname"));
    CHECK_FALSE(matches("cpus"));
}

TEST_CASE("Filter cesql: an expression that fails never matches, and says why") {
    CHECK_FALSE(matches("hostname != 'a'"));
    CHECK(
        expected_of("hostname != 'a'") ==
        "hostname != 'a' has no result; column 1: \"hostname\" is no attribute of the event");
    CHECK(expected_of("1 / 0") == "1 / 0 has no result; column 5: a division by 0");
}

TEST_CASE("Filter cesql: what is not true is told with what it was") {
    CHECK(expected_of("vmname = 'a'") == "vmname = 'a' gave false");
    CHECK(expected_of("vmname") == "vmname gave \"prod-db-01\", which is neither true nor false");
    std::string const told = expected_of("vmname = '" + std::string(5000, 'x') + "'");
    CHECK(told.size() < 250);
    CHECK(told.ends_with("xxx... gave false"));
}

TEST_CASE("Filter cesql: it stands in all, any and not as other dialects do") {
    Json const no = {{"cesql", "vmname = 'a'"}};
    Json const yes = {{"cesql", "cpus = 4"}};
    Json const failing = {{"cesql", "hostname = 'a'"}};
    auto const spec = [](char const* dialect, Json value) {
        return Json{{"filters", Json::array({{{dialect, std::move(value)}}})}};
    };
    CHECK(filter_of(spec("any", Json::array({no, yes}))).matches(powered_on()));
    CHECK_FALSE(filter_of(spec("any", Json::array({no, failing}))).matches(powered_on()));
    CHECK(filter_of(spec("all", Json::array({yes, yes}))).matches(powered_on()));
    CHECK_FALSE(filter_of(spec("all", Json::array({yes, no}))).matches(powered_on()));
    CHECK(filter_of(spec("not", no)).matches(powered_on()));
    CHECK(filter_of(spec("not", failing)).matches(powered_on()));
    CHECK_FALSE(filter_of(spec("not", yes)).matches(powered_on()));
    auto const mismatch = filter_of(spec("any", Json::array({no, {{"exact", {{"type", "t"}}}}})))
                              .mismatch(powered_on());
    REQUIRE(mismatch);
    CHECK(mismatch->expected == "that vmname = 'a' or type \"t\"");
}

TEST_CASE("Filter cesql: what cannot be parsed or called is a fault with its column") {
    CHECK(
        faults_of(with_cesql("type LIKE x")) ==
        "Trigger a/b /spec/filters/0/cesql: is wrong at column 11: Expected a text in quotes "
        "after LIKE, found \"x\".");
    CHECK(
        faults_of(with_cesql("LENGHT(type) = LEFT(type)")) ==
        "Trigger a/b /spec/filters/0/cesql: is wrong at column 1: There is no function LENGHT; "
        "did you mean LENGTH?\n"
        "Trigger a/b /spec/filters/0/cesql: is wrong at column 16: LEFT takes 2 arguments, not 1.");
    for (Json const& value : {Json(""), Json(true), Json(1), Json::object(), Json()}) {
        INFO(value.dump());
        CHECK(
            faults_of({{"filters", Json::array({{{"cesql", value}}})}})
                .find("/cesql: must be a CESQL expression, such as") != std::string::npos);
    }
}

TEST_CASE("Filter cesql: expressions count among the 256 comparisons") {
    Json filters = Json::array();
    for (int i = 0; i < 257; ++i)
        filters.push_back({{"cesql", "TRUE"}});
    CHECK(faults_of({{"filters", filters}}).find("more than 256 comparisons") != std::string::npos);
    filters.erase(0);
    CHECK(faults_of({{"filters", filters}}) == "none");
}
