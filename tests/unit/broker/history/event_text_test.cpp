// SPDX-License-Identifier: Apache-2.0
#include "broker/history/event_text.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

CloudEvent with_data(std::string data, std::string type = "application/json") {
    CloudEvent event{.datacontenttype = std::move(type)};
    event.has_data = true;
    event.data = std::move(data);
    return event;
}

bool searchable(CloudEvent const& event, std::string const& word) {
    auto const words = words_of(searchable_text(event));
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

TEST_CASE("Words: letters and digits, lower case, other bytes separate", "[broker]") {
    CHECK(
        words_of("com.vmware/Web-01 M\xc3\xbcnchen") ==
        std::vector<std::string>{"com", "vmware", "web", "01", "m\xc3\xbcnchen"});
    CHECK(words_of(" .- ").empty());
    CHECK(words_of(std::string(200, 'a')).front().size() == 64);
}

TEST_CASE("Words: JSON values are searched, names are not", "[broker]") {
    auto const event = with_data(R"({"FullName": "Ada \"x\" L", "n": 5, "list": ["red", "blue"]})");
    CHECK(searchable(event, "ada"));
    CHECK(searchable(event, "blue"));
    CHECK_FALSE(searchable(event, "fullname"));
    CHECK_FALSE(searchable(with_data("\x01\x02 word", "application/octet-stream"), "word"));
    CHECK(searchable(with_data("a word", "text/plain; charset=utf-8"), "word"));
    CHECK_FALSE(searchable(with_data(R"({"broken": "no end)"), "end"));
}

TEST_CASE("Words: attributes and extensions are searched", "[broker]") {
    CloudEvent event{.id = "7311", .source = "https://vc/sdk", .type = "com.x", .subject = "Vm"};
    event.set_attribute("vmname", "web-01");
    for (char const* word : {"7311", "sdk", "com", "vm", "web"})
        CHECK(searchable(event, word));
}

TEST_CASE("Summary: vCenter's sentence wherever it stands", "[broker]") {
    CHECK(summary_of(with_data(R"({"Key": 1, "FullFormattedMessage": "On"})")) == "On");
    CHECK(
        summary_of(with_data("{\"FullFormattedMessage\" :\n \"a \\\"b\\\" \\u00e9\"}")) ==
        "a \"b\" \xc3\xa9");
    CHECK(summary_of(with_data(R"({"FullFormattedMessage": 7})")).empty());
    CHECK(summary_of(with_data(R"({"FullFormattedMessage": "no end)")).empty());
    CHECK(summary_of(with_data(R"({"a": "FullFormattedMessage"})")).empty());
    CHECK(summary_of(with_data(R"({"FullFormattedMessage")")).empty());
}

TEST_CASE("Summary: a long one is cut between characters", "[broker]") {
    std::string text = "x";
    for (int i = 0; i < 800; ++i)
        text += "\xc3\xbc";
    auto const summary = summary_of(with_data(R"({"FullFormattedMessage": ")" + text + "\"}"));
    CHECK(summary.size() == 999);
}
