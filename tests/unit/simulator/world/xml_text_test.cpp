// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/xml_text.hpp"

#include <pugixml.hpp>

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

TEST_CASE("XML text: whatever is written is read back as it was, attributes too", "[simulator]") {
    auto const* text = GENERATE(
        "", "plain", "<b>&amp;\"'</b>", "a\r\nb\tc", "]]>", "&#65;",
        "\xE2\x80\xAE x \xF0\x9F\x92\xA5", " edges ");
    INFO(text);
    std::string escaped;
    append_escaped(escaped, text);
    pugi::xml_document document;
    auto const whole = "<a b=\"" + escaped + "\">" + escaped + "</a>";
    REQUIRE(
        document.load_string(whole.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single));
    CHECK(document.child("a").text().get() == std::string(text));
    CHECK(document.child("a").attribute("b").value() == std::string(text));
}

TEST_CASE("XML text: a character that XML cannot carry becomes U+FFFD", "[simulator]") {
    for (char letter = 0; letter < 0x20; ++letter) {
        if (letter == '\t' || letter == '\n' || letter == '\r')
            continue;
        std::string escaped;
        append_escaped(escaped, std::string(1, letter));
        INFO(int{letter});
        CHECK(escaped == "\xEF\xBF\xBD");
    }
}

TEST_CASE("XML text: a time has all six digits of its microseconds, in UTC", "[simulator]") {
    struct Example {
        std::int64_t microseconds;
        std::string text;
    };
    auto const example = GENERATE(
        Example{0, "1970-01-01T00:00:00.000000Z"},
        Example{1'795'003'200'000'001, "2026-11-18T12:00:00.000001Z"},
        Example{951'782'399'999'999, "2000-02-28T23:59:59.999999Z"},
        Example{951'782'400'000'000, "2000-02-29T00:00:00.000000Z"});
    std::string out;
    append_time(out, example.microseconds);
    CHECK(out == example.text);
    CHECK(
        to_microseconds(SystemTime(std::chrono::microseconds(example.microseconds))) ==
        example.microseconds);
}

TEST_CASE("XML text: a reference names class and identifier", "[simulator]") {
    CHECK(
        reference_element("obj", {"VirtualMachine", "vm-57"}) ==
        "<obj type=\"VirtualMachine\">vm-57</obj>");
    CHECK(reference_element("o", {"a\"", "<"}) == "<o type=\"a&quot;\">&lt;</o>");
}

}  // namespace
}  // namespace millrace::simulator
