// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/soap.hpp"

#include "router/vcenter/xml.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

struct Parsed {
    std::string text;
    pugi::xml_document document;
    soap::Answer answer;

    explicit Parsed(std::string body)
        : text(
              R"(<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
              R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>)" +
              std::move(body) + "</soapenv:Body></soapenv:Envelope>") {
        REQUIRE(parse_xml(document, text));
        answer = soap::parse_answer(document);
    }
};

std::string fault(std::string const& type) {
    return "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Sorry.</faultstring>"
           "<detail><" +
           type + "Fault xmlns=\"urn:vim25\" xsi:type=\"" + type + "\"/></detail></soapenv:Fault>";
}

}  // namespace

TEST_CASE("SOAP: names and passwords with special characters are escaped") {
    soap::ServiceContent content;
    content.session_manager = "SessionManager";
    std::string const text = soap::login(content, "a&b", Secret("<p>'\"&"));
    CHECK(text.find("<userName>a&amp;b</userName>") != std::string::npos);
    CHECK(text.find("<password>&lt;p&gt;&apos;&quot;&amp;</password>") != std::string::npos);
}

TEST_CASE("SOAP: the router waits with a property collector of its own") {
    soap::ServiceContent content;
    content.property_collector = "everybodys";
    CHECK(
        soap::create_property_collector(content).find(">everybodys</_this>") != std::string::npos);
    auto const is_by_mine = [](std::string const& text) {
        return text.find(R"(<_this type="PropertyCollector">mine</_this>)") != std::string::npos;
    };
    CHECK(is_by_mine(soap::create_filter("mine", "session[1]collector")));
    CHECK(is_by_mine(soap::wait_for_updates("mine", "2", 30s)));
    CHECK(is_by_mine(soap::destroy_property_collector("mine")));
}

TEST_CASE("SOAP: faults are told apart by their type") {
    CHECK(Parsed(fault("NotAuthenticated")).answer.fault == soap::FaultKind::not_authenticated);
    CHECK(Parsed(fault("InvalidLogin")).answer.fault == soap::FaultKind::invalid_login);
    CHECK(Parsed(fault("ManagedObjectNotFound")).answer.fault == soap::FaultKind::object_gone);
    Parsed const other(fault("InvalidState"));
    CHECK(other.answer.fault == soap::FaultKind::other);
    CHECK(other.answer.fault_text == "InvalidState: Sorry.");
}

TEST_CASE("SOAP: DOCTYPE, malformed and too deep documents are refused (F35)") {
    auto const refused = [](std::string text) {
        pugi::xml_document document;
        return !parse_xml(document, text);
    };
    CHECK(refused("<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"));
    CHECK(refused("<?xml version=\"1.0\"?><!-- c --><!DOCTYPE x><x/>"));
    CHECK(refused("<a><b></a>"));
    CHECK(refused(""));
    std::string deep;
    for (int i = 0; i < 1'000; ++i)
        deep += "<a>";
    for (int i = 0; i < 1'000; ++i)
        deep += "</a>";
    CHECK(refused(deep));
    CHECK_FALSE(refused("<a>&lt;!DOCTYPE</a>"));
}

TEST_CASE("SOAP: an update tells the version and the keys in latestPage") {
    Parsed const parsed(
        R"(<WaitForUpdatesExResponse xmlns="urn:vim25"><returnval><version>2</version><filterSet>)"
        R"(<filter type="PropertyFilter">f</filter><objectSet><kind>modify</kind>)"
        R"(<obj type="EventHistoryCollector">c</obj><changeSet><name>latestPage</name>)"
        R"(<op>assign</op><val xsi:type="ArrayOfEvent"><Event><key>8</key></Event>)"
        R"(<Event><key>7</key></Event></val></changeSet></objectSet></filterSet></returnval>)"
        R"(</WaitForUpdatesExResponse>)");
    auto const update = soap::parse_update(parsed.answer.body);
    CHECK(update.version == "2");
    CHECK(update.keys == std::vector<std::int32_t>{8, 7});
    CHECK(soap::parse_update(Parsed("<WaitForUpdatesExResponse/>").answer.body).version.empty());
}

TEST_CASE("XML: xsi:type is found by its namespace, never by its prefix") {
    std::string text =
        R"(<r><e xmlns:XMLSchema-instance="http://www.w3.org/2001/XMLSchema-instance")"
        R"( XMLSchema-instance:type="VmPoweredOnEvent"/>)"
        R"(<m type="VirtualMachine">vm-1</m><o xmlns:o="urn:other" o:type="x"/></r>)";
    pugi::xml_document document;
    REQUIRE(parse_xml(document, text));
    pugi::xml_node const root = document.document_element();
    CHECK(xsi_type(child(root, "e")) == "VmPoweredOnEvent");
    CHECK(xsi_type(child(root, "m")).empty());
    CHECK(xsi_type(child(root, "o")).empty());
}
