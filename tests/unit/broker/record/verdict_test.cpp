// SPDX-License-Identifier: Apache-2.0
#include "broker/record/verdict.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerVersionRef version(std::uint32_t id, std::string name, std::string_view spec) {
    return std::make_shared<TriggerVersion const>(TriggerVersion{
        .id = id,
        .trigger = "default/" + std::move(name),
        .filter = std::string(spec),
        .parsed = *Filter::parse(*parse_json(spec), "here")});
}

}  // namespace

TEST_CASE("Verdicts: what did not match follows from the set that was asked", "[broker]") {
    auto const all = version(7, "all", "{}");
    auto const some = version(3, "some", R"({"filter": {"attributes": {"type": "a"}}})");
    auto const off = std::make_shared<TriggerVersion const>(
        TriggerVersion{.id = 9, .trigger = "default/off", .fault = "It is broken."});
    StoredEvent event;
    event.event.type = "b";
    event.asked = std::make_shared<TriggerSet const>(TriggerSet{.members = {all, off, some}});
    event.matches = {all};
    auto const verdicts = verdicts_of(event);
    REQUIRE(verdicts.size() == 3);
    CHECK(verdicts[0].matched);
    CHECK(verdicts[0].version == 7);
    CHECK_FALSE(verdicts[1].matched);
    CHECK(verdicts[1].expected == "It is broken.");
    CHECK_FALSE(verdicts[2].matched);
    CHECK(verdicts[2].attribute == "type");
    CHECK(verdicts[2].clause == "filter/attributes/type");
    CHECK(verdicts_of(StoredEvent()).empty());
}

TEST_CASE("Verdicts: what matched then has matched, whatever its filter says now", "[broker]") {
    auto const some = version(3, "some", R"({"filter": {"attributes": {"type": "a"}}})");
    StoredEvent event;
    event.event.type = "b";
    event.asked = std::make_shared<TriggerSet const>(TriggerSet{.members = {some}});
    event.matches = {some};
    CHECK(verdicts_of(event).front().matched);
}

TEST_CASE("Verdicts: a sentence says why a trigger did not match", "[broker]") {
    Verdict const verdict{
        .clause = "filters/0/prefix/vmname", .attribute = "vmname", .expected = "prod-"};
    CHECK(
        describe(verdict, "test-1") ==
        "The filter wanted vmname to be a text that begins with \"prod-\"; it was \"test-1\".");
    CHECK(describe(verdict, "").ends_with("it was absent."));
    CHECK(
        describe(
            {.clause = "filters/0/any", .attribute = "type", .expected = "\"a\" or \"b\""}, "c") ==
        "The filter wanted type to be \"a\" or \"b\"; it was \"c\".");
    CHECK(
        describe({.clause = "filters/0/cesql", .expected = "cpus = 4 gave false"}, "") ==
        "The filter's expression did not hold: cpus = 4 gave false.");
    CHECK(describe({.matched = true}, "") == "The filter matched.");
    CHECK(describe({.expected = "The Broker does not exist."}, "") == "The Broker does not exist.");
}

TEST_CASE("Verdicts: the dialect is read off the clause's place", "[broker]") {
    CHECK(dialect_of("filters/0/prefix/vmname") == "prefix");
    CHECK(dialect_of("filters/0/any/1/exact/type") == "exact");
    CHECK(dialect_of("filter/attributes/type") == "exact");
    CHECK(dialect_of("filters/0/any") == "any");
    CHECK(dialect_of("filters/2/not") == "not");
    CHECK(dialect_of("filters/0/any/1/cesql") == "cesql");
    CHECK(dialect_of("").empty());
}
