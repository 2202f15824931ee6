// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/xml_check.hpp"

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

std::string nested(int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i)
        text += "<a>";
    for (int i = 0; i < levels; ++i)
        text += "</a>";
    return text;
}

TEST_CASE("XML check: 64 levels are taken, 65 are not", "[simulator]") {
    CHECK(check_xml(nested(64)));
    CHECK_FALSE(check_xml(nested(65)));
}

TEST_CASE("XML check: siblings and empty elements are no depth", "[simulator]") {
    std::string wide = "<r>";
    for (int i = 0; i < 1'000; ++i)
        wide += "<a/><b></b>";
    CHECK(check_xml(wide + "</r>"));
}

TEST_CASE("XML check: what stands in comments, CDATA and quotes opens no level", "[simulator]") {
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += "<a>";
    CHECK(check_xml("<r><!--" + many + "--></r>"));
    CHECK(check_xml("<r><![CDATA[" + many + "]]></r>"));
    CHECK(check_xml("<r a=\"" + std::string(100, '>') + "\"/>"));
}

TEST_CASE("XML check: entities of XML itself and numbers of characters are taken", "[simulator]") {
    auto const* reference = GENERATE(
        "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x41;", "&#xfffd;", "&#9;",
        "&#x10FFFF;");
    INFO(reference);
    CHECK(check_xml("<r>" + std::string(reference) + "</r>"));
    CHECK(check_xml("<r a=\"" + std::string(reference) + "\"/>"));
}

TEST_CASE("XML check: any other ampersand is refused", "[simulator]") {
    auto const* text = GENERATE(
        "&", "& ", "a&b", "&;", "&#;", "&#x;", "&#0;", "&#1;", "&#x1F;", "&#xD800;", "&#xFFFE;",
        "&#x110000;", "&#99999999999;", "&#6a;", "&nbsp;", "&AMP;", "&amp", "&xxe;");
    INFO(text);
    auto const checked = check_xml("<r>" + std::string(text) + "</r>");
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::invalid);
}

TEST_CASE("XML check: in CDATA and comments an ampersand is text", "[simulator]") {
    CHECK(check_xml("<r><![CDATA[a & b &c;]]><!-- d & e --></r>"));
}

TEST_CASE("XML check: control characters are refused wherever they stand", "[simulator]") {
    for (char letter = 0; letter < 0x20; ++letter) {
        INFO(int{letter});
        bool const is_white = letter == '\t' || letter == '\n' || letter == '\r';
        std::string const in(1, letter);
        CHECK(check_xml("<r>" + in + "</r>").has_value() == is_white);
        CHECK(check_xml("<r><![CDATA[" + in + "]]></r>").has_value() == is_white);
        CHECK(check_xml("<r a=\"" + in + "\"/>").has_value() == is_white);
    }
}

TEST_CASE("XML check: a document type is refused in any place", "[simulator]") {
    CHECK_FALSE(check_xml("<!DOCTYPE a><a/>"));
    CHECK_FALSE(check_xml("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"f\">]><a/>"));
    CHECK_FALSE(check_xml("<a><!ENTITY b \"c\"></a>"));
}

}  // namespace
}  // namespace millrace::simulator
