// SPDX-License-Identifier: Apache-2.0
#include "common/event/filter.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

std::string faults_of(Json const& spec) {
    auto const filter = Filter::parse(spec, "Trigger a/b");
    return filter ? "" : to_string(filter.error());
}

std::string faults_of_text(std::string const& spec) {
    return faults_of(parse_json(spec).value());
}

/// `levels` filters of the dialect, one in the other, around one comparison.
Json nested(std::string const& dialect, int levels) {
    Json filter = {{"exact", {{"type", "t"}}}};
    for (int i = 0; i < levels; ++i) {
        Json outer = Json::object();
        outer[dialect] = dialect == "not" ? std::move(filter) : Json::array({std::move(filter)});
        filter = std::move(outer);
    }
    return {{"filters", Json::array({std::move(filter)})}};
}

Json with_comparisons(std::size_t count) {
    Json filters = Json::array();
    for (std::size_t i = 0; i < count; ++i)
        filters.push_back({{"exact", {{"type", std::to_string(i)}}}});
    return {{"filters", {{{"any", std::move(filters)}}}}};
}

CloudEvent event_of(std::string type) {
    CloudEvent event;
    event.id = "1";
    event.source = "/s";
    event.type = std::move(type);
    return event;
}

}  // namespace

TEST_CASE("Filter: nesting is bounded, whatever the dialect, and told with its place") {
    for (std::string const dialect : {"all", "any", "not"}) {
        INFO(dialect);
        CHECK(faults_of(nested(dialect, 12)).empty());
        CHECK(
            faults_of(nested(dialect, 30)).find("is nested deeper than 16 filters.") !=
            std::string::npos);
    }
}

TEST_CASE("Filter: 256 comparisons are read, one more is refused") {
    CHECK(faults_of(with_comparisons(256)).empty());
    CHECK(
        faults_of(with_comparisons(257)) ==
        "Trigger a/b /spec/filters: has more than 256 comparisons.");
}

TEST_CASE("Filter: each filter of a list has exactly one dialect") {
    std::string const wanted =
        " must have exactly one dialect (exact, prefix, suffix, cesql, all, any, not).";
    for (auto const* spec :
         {R"({"filters":[{}]})", R"({"filters":[{"exact":{"a":"1"},"prefix":{"b":"2"}}]})",
          R"({"filters":["type"]})", R"({"filters":[null]})"}) {
        INFO(spec);
        CHECK(faults_of_text(spec) == "Trigger a/b /spec/filters/0:" + wanted);
    }
}

TEST_CASE("Filter: exact, prefix and suffix take a mapping that is not empty") {
    for (auto const* value : {"{}", "[]", "\"x\"", "null", "7"})
        for (std::string const dialect : {"exact", "prefix", "suffix"}) {
            INFO(dialect << ' ' << value);
            CHECK(
                faults_of_text(R"({"filters":[{")" + dialect + "\":" + value + "}]}") ==
                "Trigger a/b /spec/filters/0/" + dialect + ": must map attribute names to texts.");
        }
}

TEST_CASE("Filter: all faults are told at once, each with its own place") {
    std::string const told = faults_of_text(
        R"({"filters":[{"all":[{"exact":{"UP":"x"}},{"like":{"a":"b"}}]},{"not":[]},{"any":{}}]})");
    CHECK(
        told ==
        "Trigger a/b /spec/filters/0/all/0/exact/UP: is no attribute name (lower-case letters and "
        "digits).\n"
        "Trigger a/b /spec/filters/0/all/1/like: There is no such dialect; use exact, prefix, "
        "suffix, cesql, all, any or not.\n"
        "Trigger a/b /spec/filters/1/not/0: must have exactly one dialect (exact, prefix, suffix, "
        "cesql, all, any, not).\n"
        "Trigger a/b /spec/filters/2/any: must be a list of filters.");
}

TEST_CASE("Filter: the old form is checked as the new one") {
    CHECK(
        faults_of_text(R"({"filter":{"attributes":{"type":true}}})") ==
        "Trigger a/b /spec/filter/attributes/type: must be a text; put numbers and booleans in "
        "quotes.");
    CHECK(
        faults_of_text(R"({"filter":{"attributes":["type"]}})") ==
        "Trigger a/b /spec/filter/attributes: must map attribute names to texts.");
    CHECK(faults_of_text(R"({"filter":{"attributes":null},"filters":null})").empty());
}

TEST_CASE("Filter: comparisons are of bytes, in their case and to the end") {
    auto const matches = [](std::string const& clause, std::string type) {
        auto const filter =
            Filter::parse(parse_json(R"({"filters":[)" + clause + "]}").value(), "Trigger a/b");
        REQUIRE(filter);
        return filter->matches(event_of(std::move(type)));
    };
    CHECK(matches(R"({"exact":{"type":"a.b"}})", "a.b"));
    for (auto const* type : {"a.B", "a.b ", "a", "aXb", "a.bc"}) {
        INFO(type);
        CHECK_FALSE(matches(R"({"exact":{"type":"a.b"}})", type));
    }
    CHECK(matches(R"({"prefix":{"type":"a.b"}})", "a.b"));
    CHECK_FALSE(matches(R"({"prefix":{"type":"a.b"}})", "a."));
    CHECK(matches(R"({"suffix":{"type":"a.b"}})", "x.a.b"));
    CHECK_FALSE(matches(R"({"suffix":{"type":"a.b"}})", "a.bx"));
}

TEST_CASE("Filter: not refuses what its inner filter passes, also an attribute that is not there") {
    auto const filter = Filter::parse(
        parse_json(R"({"filters":[{"not":{"exact":{"vmname":"x"}}}]})").value(), "Trigger a/b");
    REQUIRE(filter);
    CloudEvent event = event_of("t");
    CHECK(filter->matches(event));
    event.set_attribute("vmname", "x");
    CHECK_FALSE(filter->matches(event));
}

TEST_CASE("Filter: a copy is the same filter, and one made without anything passes everything") {
    Filter const everything;
    CHECK(everything.matches(event_of("any")));
    CHECK_FALSE(everything.mismatch(event_of("any")));
    auto const filter =
        Filter::parse(parse_json(R"({"filters":[{"exact":{"type":"a"}}]})").value(), "Trigger a/b");
    REQUIRE(filter);
    Filter copy;
    copy = *filter;
    CHECK(&copy.clauses() == &filter->clauses());
    CHECK_FALSE(copy.matches(event_of("b")));
}
