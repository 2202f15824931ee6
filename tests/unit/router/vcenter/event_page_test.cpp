// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/event_page.hpp"

#include "router/vcenter/xml.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

std::string event(int key, std::string const& message = "fine") {
    return "<returnval xsi:type=\"VmPoweredOnEvent\"><key>" + std::to_string(key) +
           "</key><createdTime>2026-11-22T10:00:00Z</createdTime><fullFormattedMessage>" + message +
           "</fullFormattedMessage></returnval>";
}

std::string page(std::vector<std::string> const& events) {
    std::string text =
        R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.)"
        R"(xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
        R"(<soapenv:Body><ReadNextEventsResponse xmlns="urn:vim25">)";
    for (std::string const& one : events)
        text += one;
    return text + "</ReadNextEventsResponse></soapenv:Body></soapenv:Envelope>";
}

std::vector<int> keys_of(EventPage const& read) {
    std::vector<int> keys;
    for (auto const& node : read.soap->answer.body.children())
        keys.push_back(soap::parse_key(child_text(node, "key")).value_or(-1));
    return keys;
}

/// An event that no parser takes, in each of the ways that were reported, by its text.
std::vector<std::string> broken(int key) {
    std::string const whole = event(key);
    std::string unclosed = whole.substr(0, whole.find("</returnval>"));
    std::string deep;
    for (int i = 0; i < 100; ++i)
        deep += "<a>";
    for (int i = 0; i < 100; ++i)
        deep += "</a>";
    return {
        event(key, std::string("nul \0 byte", 10)),
        event(key, "a < b"),
        event(key, "</wrong>"),
        event(key, "<!-- never ends"),
        event(key, "<![CDATA[ never ends"),
        unclosed,
        unclosed + "</returnvall>",
        event(key, "</fullFormattedMessage></returnval></ReadNextEventsResponse>"),
        event(key, deep)};
}

}  // namespace

TEST_CASE("Page: a good one has all its events and leaves out none") {
    auto const read = parse_event_page(page({event(1), event(2)}));
    REQUIRE(read);
    CHECK(keys_of(*read) == std::vector<int>{1, 2});
    CHECK(read->unreadable.empty());
    CHECK(keys_of(parse_event_page(page({})).value()).empty());
}

// Reports 1.
TEST_CASE("Page: of broken events anywhere, only they are left out, told by their keys (F36)") {
    for (std::string const& bad : broken(7)) {
        INFO(bad.substr(0, 300));
        for (auto const& [events, good] :
             std::vector<std::pair<std::vector<std::string>, std::vector<int>>>{
                 {{bad, event(1), event(2)}, {1, 2}},
                 {{event(1), bad, event(2)}, {1, 2}},
                 {{event(1), event(2), bad}, {1, 2}},
                 {{bad, event(1), bad, bad, event(2)}, {1, 2}},
                 {{bad}, {}}}) {
            auto const read = parse_event_page(page(events));
            REQUIRE(read);
            CHECK(keys_of(*read) == good);
            CHECK(read->unreadable.size() == events.size() - good.size());
            for (UnreadableEvent const& one : read->unreadable) {
                CHECK(one.key == 7);
                CHECK_FALSE(one.reason.empty());
                CHECK(one.created == parse_rfc3339("2026-11-22T10:00:00Z").value());
            }
        }
    }
}

TEST_CASE("Page: prefixes of the envelope's namespaces do not matter") {
    std::string text = page({event(1), event(7, "a < b"), event(2)});
    for (std::string const name : {"returnval", "ReadNextEventsResponse"})
        for (std::string const opening : {"<", "</"})
            for (auto at = text.find(opening + name); at != std::string::npos;
                 at = text.find(opening + name, at + 1))
                text.insert(at + opening.size(), "vim:");
    auto const read = parse_event_page(text);
    REQUIRE(read);
    CHECK(keys_of(*read) == std::vector<int>{1, 2});
    CHECK(read->unreadable.size() == 1);
}

TEST_CASE("Page: one that was cut anywhere is an error, since what is missing would be lost") {
    std::string const whole = page({event(1), event(2), event(3)});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        auto const read = parse_event_page(whole.substr(0, length));
        INFO("cut at " << length);
        CHECK_FALSE(read);
    }
}

TEST_CASE("Page: a fault, a login page and nothing at all have no events to leave out") {
    CHECK_FALSE(parse_event_page(""));
    CHECK_FALSE(
        parse_event_page("<html><body>returnval <br> ReadNextEventsResponse</body></html>"));
    CHECK_FALSE(parse_event_page("<html><returnval></ReadNextEventsResponse>"));
}

TEST_CASE("Envelope: told by its first element, whatever stands before it") {
    CHECK(soap::is_envelope(page({})));
    CHECK(soap::is_envelope("<!-- <html> --><s:Envelope/>"));
    CHECK(soap::is_envelope("\xef\xbb\xbf<Envelope>"));
    for (char const* text :
         {"", "Envelope", "<html><Envelope/>", "<!DOCTYPE html><html>", "<?xml", "{\"a\":1}"})
        CHECK_FALSE(soap::is_envelope(text));
}
