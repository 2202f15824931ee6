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
        "type=a.b&subject=s&source=x&q=Web%20on%20esx-01&from=2026-11-22T10:00:00Z"
        "&to=2026-11-22T11:00:00Z&cursor=77&limit=200");
    REQUIRE(query);
    CHECK(query->type == "a.b");
    CHECK(query->words == std::vector<std::string>{"web", "on"});
    CHECK(query->phrases == std::vector<std::vector<std::string>>{{"esx", "01"}});
    CHECK(*query->to - *query->from == 1h);
    CHECK(query->before_seq == 77);
    CHECK(query->limit == 200);
    CHECK(parse("")->limit == 50);
    CHECK(match_expression(*parse("")).empty());
    CHECK_FALSE(parse("")->asks_for_outcome());
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

// ui-trial 11
TEST_CASE("Search: a VM's name is a phrase, so that it finds that VM alone", "[broker]") {
    CloudEvent other{.type = "t", .subject = "s"};
    other.set_attribute("vmname", "web-01");
    other.set_attribute("at", "15:02:44");
    CloudEvent wanted = other;
    wanted.set_attribute("vmname", "web-02.site");
    for (std::string const text : {"web-02", "%22web%2002%22", "WEB_02", "web-02.sit"}) {
        auto const query = parse("q=" + text);
        REQUIRE(query);
        CHECK(query->words.empty());
        CHECK(phrases_match(*query, wanted));
        CHECK_FALSE(phrases_match(*query, other));
        // The index narrows by every word of it.
        CHECK(match_expression(*query).find("\"web\" \"02\"") == 0);
    }
    auto const mixed = parse("q=%22unfinished%20phrase%20");
    REQUIRE(mixed);
    CHECK(mixed->phrases == std::vector<std::vector<std::string>>{{"unfinished", "phrase"}});
    CHECK(parse("q=%22%22%20-%20%22")->phrases.empty());
}

TEST_CASE("Search: an extension attribute is looked for by its exact value", "[broker]") {
    auto const query = parse("vmname=web-01&hostname=esx&username=LAB%5Cada");
    REQUIRE(query);
    CHECK(query->extensions.size() == 3);
    CloudEvent event{.type = "t"};
    event.set_attribute("vmname", "web-01");
    event.set_attribute("hostname", "esx");
    event.set_attribute("username", "LAB\\ada");
    CHECK(attributes_match(*query, event));
    event.set_attribute("vmname", "web-012");
    CHECK_FALSE(attributes_match(*query, event));
    // A value without a word has nothing to narrow by.
    CHECK(match_expression(*parse("vmname=--")).empty());
}

TEST_CASE("Search: an outcome is one of four words", "[broker]") {
    CHECK(parse("outcome=failed&trigger=default/echo")->triggers->contains("default/echo"));
    CHECK(parse("outcome=unmatched")->outcome == EventOutcome::unmatched);
    CHECK(parse("outcome=broken").error().front().place == "outcome");
}
