// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/matcher.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerRoute route(std::string name, std::string_view spec) {
    return {
        .trigger = "default/" + std::move(name),
        .broker = "default/default",
        .filter = *Filter::parse(*parse_json(spec), "here")};
}

}  // namespace

TEST_CASE("Matcher: every trigger of the broker has a verdict, and no other", "[broker]") {
    Matcher matcher(100);
    auto elsewhere = route("elsewhere", "{}");
    elsewhere.broker = "default/other";
    auto broken = route("broken", "{}");
    broken.fault = "The filter is invalid.";
    matcher.set_triggers(
        {route("all", "{}"), route("some", R"({"filter": {"attributes": {"type": "a"}}})"), broken,
         elsewhere});
    auto const verdicts = matcher.judge("default/default", {.type = "b"});
    REQUIRE(verdicts.size() == 3);
    CHECK(verdicts[0]->matched);
    CHECK_FALSE(verdicts[1]->matched);
    CHECK(verdicts[1]->attribute == "type");
    CHECK_FALSE(verdicts[2]->matched);
    CHECK(verdicts[2]->expected == "The filter is invalid.");
    for (auto const& verdict : verdicts)
        CHECK(verdict->id >= 100);
    CHECK(matcher.judge("default/unknown", {}).empty());
}

TEST_CASE("Matcher: what says the same has the same number, also after a change", "[broker]") {
    Matcher matcher(1);
    auto const some = route("some", R"({"filter": {"attributes": {"type": "a"}}})");
    matcher.set_triggers({some});
    auto const first = matcher.judge("default/default", {.type = "b"}).front();
    CHECK(matcher.judge("default/default", {.type = "c"}).front() == first);
    matcher.set_triggers({route("some", "{}")});
    auto const matched = matcher.judge("default/default", {.type = "b"}).front();
    CHECK(matched->id != first->id);
    matcher.set_triggers({some});
    CHECK(matcher.judge("default/default", {.type = "b"}).front() == first);
    CHECK(matcher.judge("default/default", {.type = "a"}).front() == matched);
}
