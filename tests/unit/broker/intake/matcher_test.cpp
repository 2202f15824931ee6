// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/matcher.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

std::shared_ptr<TriggerRoute> route(std::string name, std::string_view spec) {
    auto made = std::make_shared<TriggerRoute>();
    made->trigger = "default/" + std::move(name);
    made->broker = "default/default";
    made->filter = *Filter::parse(*parse_json(spec), "here");
    made->filter_text = std::string(spec);
    return made;
}

}  // namespace

TEST_CASE("Matcher: every trigger of the broker is asked, and no other", "[broker]") {
    Matcher matcher({.version = 100, .set = 50});
    auto const elsewhere = route("elsewhere", "{}");
    elsewhere->broker = "default/other";
    auto const broken = route("broken", "{}");
    broken->fault = "The filter is invalid.";
    matcher.set_triggers(
        {route("all", "{}"), route("some", R"({"filter": {"attributes": {"type": "a"}}})"), broken,
         elsewhere});
    auto const answer = matcher.ask("default/default", {.type = "b"});
    REQUIRE(answer.asked->members.size() == 3);
    CHECK(answer.asked->id >= 50);
    CHECK(answer.asked->members[1]->trigger == "default/broken");
    REQUIRE(answer.matches.size() == 1);
    CHECK(answer.matches.front()->trigger == "default/all");
    for (auto const& version : answer.asked->members)
        CHECK(version->id >= 100);
    CHECK(matcher.ask("default/default", {.type = "a"}).matches.size() == 2);
    CHECK_FALSE(matcher.ask("default/unknown", {}).asked);
}

TEST_CASE("Matcher: a broker whose triggers say the same keeps its set", "[broker]") {
    Matcher matcher({});
    auto const some = route("some", R"({"filter": {"attributes": {"type": "a"}}})");
    auto const other = route("other", "{}");
    matcher.set_triggers({some, other});
    auto const first = matcher.ask("default/default", {});
    matcher.set_triggers({other, route("some", R"({"filter": {"attributes": {"type": "a"}}})")});
    CHECK(matcher.ask("default/default", {}).asked == first.asked);
    matcher.set_triggers({other, route("some", "{}")});
    auto const changed = matcher.ask("default/default", {});
    CHECK(changed.asked->id != first.asked->id);
    CHECK(changed.asked->members[0] == first.asked->members[0]);
    CHECK(changed.asked->members[1] != first.asked->members[1]);
}

TEST_CASE("Matcher: another object of the same name is another version", "[broker]") {
    Matcher matcher({});
    auto const one = route("one", "{}");
    one->uid = "1";
    matcher.set_triggers({one});
    auto const before = matcher.ask("default/default", {}).matches.front();
    auto const two = route("one", "{}");
    two->uid = "2";
    matcher.set_triggers({two});
    CHECK(matcher.ask("default/default", {}).matches.front()->id != before->id);
}
