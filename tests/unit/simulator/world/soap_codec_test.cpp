// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/soap_codec.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using test::Vcenter;

std::string const call =
    "<v:CurrentTime xmlns:v=\"urn:vim25\"><v:_this type=\"ServiceInstance\">ServiceInstance"
    "</v:_this></v:CurrentTime>";

TEST_CASE("SOAP: namespaces count, prefixes do not", "[simulator]") {
    auto const request = parse_soap(Vcenter::envelope(call));
    REQUIRE(request.has_value());
    CHECK(request->operation == "CurrentTime");
    CHECK(request->self == ManagedReference{"ServiceInstance", "ServiceInstance"});
    auto const other = parse_soap(Vcenter::envelope(
        "<vim25:X xmlns:vim25=\"urn:other\"><vim25:_this type=\"T\">t</vim25:_this></vim25:X>"));
    CHECK_FALSE(other.has_value());
}

TEST_CASE("SOAP: a document type declaration is refused", "[simulator]") {
    auto const bomb = parse_soap(
        "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>" +
        Vcenter::envelope(call));
    REQUIRE_FALSE(bomb.has_value());
    CHECK(bomb.error().detail.find("document type") != std::string::npos);
}

TEST_CASE("SOAP: a million levels are refused before they are parsed", "[simulator]") {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i)
        deep += "<a>";
    CHECK_FALSE(parse_soap(Vcenter::envelope(deep)).has_value());
}

TEST_CASE("SOAP: cut off anywhere it is refused, never read wrongly", "[simulator]") {
    auto const whole = Vcenter::envelope(call);
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        INFO(length);
        CHECK_FALSE(parse_soap(whole.substr(0, length)).has_value());
    }
}

TEST_CASE(
    "SOAP: text that a client forgot to escape is refused, escaped it arrives whole",
    "[simulator]") {
    auto const login = [](std::string const& password) {
        return parse_soap(Vcenter::envelope(
            "<Login xmlns=\"urn:vim25\"><_this type=\"S\">s</_this><password>" + password +
            "</password></Login>"));
    };
    for (auto const* raw : {"a&b", "a<b", "&nbsp;", "\x01"}) {
        INFO(raw);
        CHECK_FALSE(login(raw).has_value());
    }
    auto const escaped = login("a&lt;b&gt;&amp;c&quot;&#x64;<![CDATA[&e]]>");
    REQUIRE(escaped.has_value());
    std::string whole;
    for (auto const part : child(escaped->call, "password").children())
        whole += part.value();
    CHECK(whole == "a<b>&c\"d&e");
}

TEST_CASE("SOAP: numbers and truths are read strictly", "[simulator]") {
    auto const request = parse_soap(Vcenter::envelope(
        "<X xmlns=\"urn:vim25\"><_this type=\"T\">t</_this><a>7</a><b>7x</b><c/><d>-3</d>"
        "<e>99999999999999999999</e><t>true</t><o>1</o><f>false</f></X>"));
    REQUIRE(request.has_value());
    CHECK(child_integer(request->call, "a") == 7);
    CHECK(child_integer(request->call, "d") == -3);
    for (auto const* none : {"b", "c", "e", "absent"})
        CHECK_FALSE(child_integer(request->call, none));
    CHECK(child_bool(request->call, "t", false));
    CHECK(child_bool(request->call, "o", false));
    CHECK_FALSE(child_bool(request->call, "f", true));
    CHECK(child_bool(request->call, "absent", true));
}

TEST_CASE("SOAP: what is no call is refused", "[simulator]") {
    CHECK_FALSE(parse_soap("").has_value());
    CHECK_FALSE(parse_soap("{}").has_value());
    CHECK_FALSE(parse_soap("<html/>").has_value());
    CHECK_FALSE(parse_soap(Vcenter::envelope("")).has_value());
    CHECK_FALSE(parse_soap(Vcenter::envelope("<Login xmlns=\"urn:vim25\"/>")).has_value());
}

TEST_CASE("SOAP: xsi:type is found by its namespace", "[simulator]") {
    auto const request = parse_soap(Vcenter::envelope(
        "<P xmlns=\"urn:vim25\"><_this type=\"E\">e</_this>"
        "<e xmlns:XMLSchema-instance=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "XMLSchema-instance:type=\"VmPoweredOnEvent\"/><f type=\"x\"/></P>"));
    REQUIRE(request.has_value());
    CHECK(xsi_type(child(request->call, "e")) == "VmPoweredOnEvent");
    CHECK(xsi_type(child(request->call, "f")).empty());
}

TEST_CASE("SOAP: cookies are read with and without quotes", "[simulator]") {
    CHECK(session_cookie("vmware_soap_session=\"ab\"; Path=/; HttpOnly") == "ab");
    CHECK(session_cookie("a=b; vmware_soap_session=ab") == "ab");
    CHECK(session_cookie("other=1").empty());
    CHECK(session_cookie("").empty());
}

}  // namespace
}  // namespace millrace::simulator
