// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/filter_index.hpp"

#include <random>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

TriggerVersionRef version(std::uint32_t id, Json const& spec) {
    auto filter = Filter::parse(spec, "here");
    REQUIRE(filter);
    return std::make_shared<TriggerVersion const>(TriggerVersion{
        .id = id, .trigger = "default/t" + std::to_string(id), .parsed = std::move(*filter)});
}

FilterIndex index_of(std::vector<Json> const& specs) {
    TriggerSet set;
    for (std::size_t i = 0; i < specs.size(); ++i)
        set.members.push_back(version(static_cast<std::uint32_t>(i + 1), specs[i]));
    return FilterIndex(std::make_shared<TriggerSet const>(std::move(set)));
}

std::vector<std::uint32_t> ids(std::vector<TriggerVersionRef> const& versions) {
    std::vector<std::uint32_t> found;
    for (auto const& version : versions)
        found.push_back(version->id);
    return found;
}

using Random = std::mt19937;

std::string some(Random& random, std::vector<std::string> const& of) {
    return of[random() % of.size()];
}

/// A filter over few attributes and few values, so that they often meet.
Json random_filter(Random& random, int depth) {
    std::vector<std::string> const names = {"type", "subject", "vmname", "source"};
    std::vector<std::string> const values = {"a", "ab", "abc", "b", "bc", "c"};
    switch (random() % (depth > 0 ? 7 : 4)) {
        case 0:
            return {
                {"exact", {{some(random, names), random() % 5 == 0 ? "" : some(random, values)}}}};
        case 1:
            return {{"prefix", {{some(random, names), some(random, values)}}}};
        case 2:
            return {
                {"suffix",
                 {{some(random, names), some(random, values)},
                  {some(random, names), some(random, values)}}}};
        case 3:
            return {
                {"cesql", some(random, names) + " LIKE '" + some(random, values) +
                              (random() % 2 == 0 ? "%'" : "'")}};
        case 4:
            return {{"not", random_filter(random, depth - 1)}};
        default: {
            Json list = Json::array();
            for (unsigned i = 0; i <= random() % 3; ++i)
                list.push_back(random_filter(random, depth - 1));
            return {{random() % 2 == 0 ? "any" : "all", std::move(list)}};
        }
    }
}

Json random_spec(Random& random) {
    Json list = Json::array();
    for (unsigned i = 0; i < random() % 3; ++i)
        list.push_back(random_filter(random, 2));
    return {{"filters", std::move(list)}};
}

}  // namespace

TEST_CASE("Filter index: each dialect finds its triggers", "[broker]") {
    auto const index = index_of(
        {{{"filters", {{{"exact", {{"type", "vm.on"}}}}}}},
         {{"filters", {{{"prefix", {{"type", "vm."}}}}}}},
         {{"filters", {{{"suffix", {{"vmname", "-01"}}}}}}},
         {{"filters", {{{"any", {{{"exact", {{"type", "x"}}}}, {{"prefix", {{"type", "vm"}}}}}}}}}},
         {{"filters", {{{"not", {{"exact", {{"type", "vm.on"}}}}}}}}},
         Json::object()});
    CloudEvent event{.type = "vm.on"};
    event.set_attribute("vmname", "db-01");
    CHECK(ids(index.matches(event)) == std::vector<std::uint32_t>{1, 2, 3, 4, 6});
    CHECK(ids(index.matches({.type = "other"})) == std::vector<std::uint32_t>{5, 6});
}

TEST_CASE("Filter index: cesql is always asked, alone and as an alternative", "[broker]") {
    auto const index = index_of(
        {{{"filters", {{{"cesql", "type LIKE 'vm.%'"}}}}},
         {{"filters", {{{"any", {{{"exact", {{"type", "x"}}}}, {{"cesql", "vmname = 'a'"}}}}}}}},
         {{"filters", {{{"exact", {{"type", "vm.on"}}}}, {{"cesql", "EXISTS vmname"}}}}},
         {{"filters", {{{"cesql", "hostname = 'a'"}}}}}});
    CHECK(ids(index.matches({.type = "vm.on"})) == std::vector<std::uint32_t>{1});
    CloudEvent event{.type = "vm.on"};
    event.set_attribute("vmname", "a");
    CHECK(ids(index.matches(event)) == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(ids(index.matches({.type = "x"})) == std::vector<std::uint32_t>{2});
}

TEST_CASE("Filter index: a trigger that several alternatives find is found once", "[broker]") {
    auto const index = index_of(
        {{{"filters",
           {{{"any", {{{"prefix", {{"type", "a"}}}}, {{"suffix", {{"type", "a"}}}}}}}}}}});
    CHECK(ids(index.matches({.type = "a"})) == std::vector<std::uint32_t>{1});
}

TEST_CASE("Filter index: it finds what asking every trigger finds", "[broker]") {
    auto const seed = std::random_device()();
    CAPTURE(seed);
    Random random(seed);
    std::vector<std::string> const values = {"", "a", "ab", "abc", "cab", "b", "bc", "c", "xyz"};
    for (int round = 0; round < 50; ++round) {
        std::vector<Json> specs;
        for (int i = 0; i < 40; ++i)
            specs.push_back(random_spec(random));
        auto const index = index_of(specs);
        for (int i = 0; i < 20; ++i) {
            CloudEvent event{.source = some(random, values), .type = some(random, values)};
            event.set_attribute("vmname", some(random, values));
            event.subject = some(random, values);
            std::vector<TriggerVersionRef> expected;
            for (auto const& member : index.set()->members)
                if (member->matches(event))
                    expected.push_back(member);
            REQUIRE(ids(index.matches(event)) == ids(expected));
        }
    }
}
