// SPDX-License-Identifier: Apache-2.0
#include "broker/history/search_query.hpp"

#include "broker/history/event_text.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Checked<SearchQuery> parse(std::string query) {
    HttpRequest request;
    request.query = std::move(query);
    return parse_search(request);
}

}  // namespace

TEST_CASE("Search: every parameter is read", "[broker]") {
    auto const query = parse(
        "type=a.b&subject=s&source=x&q=Web-01%20on&from=2026-11-22T10:00:00Z"
        "&to=2026-11-22T11:00:00Z&cursor=77&limit=200");
    REQUIRE(query);
    CHECK(query->type == "a.b");
    CHECK(query->words == std::vector<std::string>{"web", "01", "on"});
    CHECK(*query->to - *query->from == 1h);
    CHECK(query->before_seq == 77);
    CHECK(query->limit == 200);
    CHECK(parse("")->limit == 50);
    CHECK_FALSE(parse("")->has_conditions());
}

TEST_CASE("Search: all faults are told at once", "[broker]") {
    auto const query = parse("from=yesterday&to=later&limit=0&cursor=x");
    REQUIRE_FALSE(query);
    CHECK(query.error().size() == 4);
    CHECK_FALSE(parse("limit=201"));
    CHECK_FALSE(parse("q=" + [] {
        std::string words;
        for (int i = 0; i < 21; ++i)
            words += "w+";
        return words;
    }()));
}

TEST_CASE(
    "Search: words of three bytes also match beginnings, shorter ones only wholly", "[broker]") {
    auto const query = parse("type=t&q=web%20vm");
    REQUIRE(query);
    CHECK(match_expression(*query) == "\"" + exact_word("type", "t") + "\" \"web\"* \"vm\"");

    CloudEvent event{.type = "t", .subject = "website"};
    event.set_attribute("x", "vm");
    CHECK(attributes_match(*query, event));
    CHECK(words_match(*query, event));
    event.set_attribute("x", "vmx");
    CHECK_FALSE(words_match(*query, event));
    event.type = "other";
    CHECK_FALSE(attributes_match(*query, event));
}

TEST_CASE("Search: the index holds what exact conditions look for", "[broker]") {
    CloudEvent const event{.source = "s", .type = "t", .subject = "u"};
    auto const words = words_of(index_text(event));
    for (auto const& word :
         {exact_word("type", "t"), exact_word("source", "s"), exact_word("subject", "u")})
        CHECK(std::ranges::find(words, word) != words.end());
    CHECK(exact_word("type", "t") != exact_word("subject", "t"));
}
