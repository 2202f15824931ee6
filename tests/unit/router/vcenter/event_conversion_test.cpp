// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/event_conversion.hpp"
#include "common/base/json.hpp"
#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "router/vcenter/event_json.hpp"
#include "router/vcenter/xml.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

VimTypes const& types() {
    static VimTypes const all;
    return all;
}

EventFormat const format{
    .source = "https://vc/sdk",
    .api_version = "8.0.3.0",
    .request_head = "POST / HTTP/1.1\r\nHost: sink\r\n"};

OutboundEvent convert(std::string type, std::string const& inner, EventFormat const& as = format) {
    std::string text = R"(<returnval xmlns="urn:vim25" xmlns:xsi="http://www.w3.org/2001/)"
                       R"(XMLSchema-instance" xsi:type=")" +
                       type + "\">" + inner + "</returnval>";
    pugi::xml_document document;
    REQUIRE(parse_xml(document, text));
    pugi::xml_node const event = document.document_element();
    return to_outbound_event(event, find_parts(event), types(), as);
}

std::string body_of(OutboundEvent const& event) {
    return event.message.substr(event.header_bytes);
}

/// The message's headers as the sink would read them.
Headers headers_of(OutboundEvent const& event) {
    Headers headers;
    std::string_view rest(event.message.data(), event.header_bytes);
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (rest.size() > 2) {
        auto const line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(line.size() + 2);
        auto const colon = line.find(": ");
        headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
    }
    return headers;
}

/// The event as a sink would read it.
CloudEvent read(OutboundEvent const& event) {
    if (event.encoding == EventEncoding::json)
        return event_from_json(event.message).value();
    return read_events(headers_of(event), body_of(event), 1).value().front();
}

std::string const powered_on =
    "<key>27054</key><chainId>27054</chainId><createdTime>2026-11-22T10:10:38.080122617Z"
    "</createdTime><userName>user</userName><datacenter><name>DC0</name><datacenter "
    "type=\"Datacenter\">datacenter-2</datacenter></datacenter><computeResource><name>DC0_H0</name>"
    "<computeResource type=\"ComputeResource\">computeresource-23</computeResource>"
    "</computeResource><host><name>DC0_H0</name><host type=\"HostSystem\">host-21</host></host>"
    "<vm><name>DC0_H0_VM0</name><vm type=\"VirtualMachine\">vm-57</vm></vm>"
    "<fullFormattedMessage>on &amp; &lt;ready&gt;</fullFormattedMessage><template>false</template>";

}  // namespace

TEST_CASE("Conversion: VmPoweredOnEvent has VEBA 0.8's JSON to the letter") {
    CHECK(
        body_of(convert("VmPoweredOnEvent", powered_on)) ==
        R"({"Key":27054,"ChainId":27054,"CreatedTime":"2026-11-22T10:10:38.080122617Z",)"
        R"("UserName":"user","Datacenter":{"Name":"DC0","Datacenter":{"Type":"Datacenter",)"
        R"("Value":"datacenter-2"}},"ComputeResource":{"Name":"DC0_H0","ComputeResource":)"
        R"({"Type":"ComputeResource","Value":"computeresource-23"}},"Host":{"Name":"DC0_H0",)"
        R"("Host":{"Type":"HostSystem","Value":"host-21"}},"Vm":{"Name":"DC0_H0_VM0",)"
        R"("Vm":{"Type":"VirtualMachine","Value":"vm-57"}},"Ds":null,"Net":null,"Dvs":null,)"
        R"("FullFormattedMessage":"on \u0026 \u003cready\u003e","ChangeTag":"","Template":false})");
}

TEST_CASE("Conversion: a control character in a name is replaced in attributes, kept in data") {
    std::string const hostile =
        "<key>1</key><createdTime>2026-11-22T10:10:38Z</createdTime><userName>a&#13;&#10;b</"
        "userName>"
        "<vm><name>tab&#9;in&#10;name</name><vm type=\"VirtualMachine\">vm-1</vm></vm>";
    OutboundEvent const event = convert("VmPoweredOnEvent", hostile);
    auto const read = read_events(headers_of(event), body_of(event), 1);
    REQUIRE(read);
    CHECK(read->front().attribute("vmname") == "tab\xef\xbf\xbdin\xef\xbf\xbdname");
    CHECK(
        read->front().attribute("username") ==
        "a\xef\xbf\xbd\xef\xbf\xbd"
        "b");
    CHECK(body_of(event).find(R"(tab\tin\nname)") != std::string::npos);
}

TEST_CASE("Conversion: the attributes are VEBA 0.8's, with names and entity added") {
    OutboundEvent const event = convert("VmPoweredOnEvent", powered_on);
    auto const read = read_events(headers_of(event), body_of(event), 1);
    REQUIRE(read);
    CloudEvent const& cloud = read->front();
    CHECK(cloud.type == "com.vmware.vsphere.VmPoweredOnEvent.v0");
    CHECK(cloud.id == "27054");
    CHECK(cloud.source == "https://vc/sdk");
    CHECK(cloud.time == "2026-11-22T10:10:38.080122617Z");
    CHECK(cloud.subject == "VmPoweredOnEvent");
    CHECK(cloud.datacontenttype == "application/json");
    CHECK(cloud.attribute("eventclass") == "event");
    CHECK(cloud.attribute("vsphereapiversion") == "8.0.3.0");
    CHECK(cloud.attribute("partitionkey") == "vm-57");
    CHECK(cloud.attribute("vmname") == "DC0_H0_VM0");
    CHECK(cloud.attribute("hostname") == "DC0_H0");
    CHECK(cloud.attribute("clustername") == "DC0_H0");
    CHECK(cloud.attribute("datacentername") == "DC0");
    CHECK(cloud.attribute("username") == "user");
    CHECK(headers_of(event).get("content-length") == std::to_string(body_of(event).size()));
}

TEST_CASE("Conversion: fields out of the schema's order are found all the same") {
    std::string const in_order =
        "<key>1</key><chainId>2</chainId><createdTime>2026-11-22T10:00:00.5Z</createdTime>"
        "<userName>ada</userName>";
    std::string const out_of_order =
        "<userName>ada</userName><createdTime>2026-11-22T10:00:00.5Z</createdTime>"
        "<chainId>2</chainId><key>1</key>";
    std::string const newer = "<newerField>5</newerField>";
    CHECK(
        body_of(convert("VmPoweredOnEvent", out_of_order)) ==
        body_of(convert("VmPoweredOnEvent", in_order)));
    CHECK(
        body_of(convert("VmPoweredOnEvent", newer + in_order)) ==
        body_of(convert("VmPoweredOnEvent", in_order + newer)));
}

TEST_CASE("Conversion: EventEx and ExtendedEvent are named by their eventTypeId") {
    std::string const base =
        "<key>1</key><chainId>1</chainId><createdTime>2026-11-22T10:00:00Z"
        "</createdTime><userName/>";
    OutboundEvent const ex = convert(
        "EventEx", base +
                       "<eventTypeId>esx.problem.x</eventTypeId><severity>warning</severity>"
                       "<arguments><key>a</key><value xsi:type=\"xsd:string\">b</value>"
                       "</arguments><arguments><key>n</key><value xsi:type=\"xsd:int\">5</value>"
                       "</arguments>");
    CHECK(headers_of(ex).get("ce-type") == "com.vmware.vsphere.esx.problem.x.v0");
    CHECK(headers_of(ex).get("ce-eventclass") == "eventex");
    Json const body = parse_json(body_of(ex)).value();
    CHECK(
        dump_json(*find_json(body, "Arguments")) ==
        R"([{"Key":"a","Value":"b"},{"Key":"n","Value":5}])");
    CHECK(find_json(body, "Fault")->is_null());
    OutboundEvent const extended = convert(
        "ExtendedEvent", base +
                             "<message>m</message><eventTypeId>com.vmware.x</eventTypeId>"
                             "<managedObject type=\"Folder\">group-d1</managedObject>");
    CHECK(headers_of(extended).get("ce-eventclass") == "extendedevent");
    CHECK(headers_of(extended).get("ce-partitionkey") == "group-d1");
}

TEST_CASE("Conversion: an unknown class is converted by its form and never fails a page (F36)") {
    OutboundEvent const event = convert(
        "BrandNewEvent",
        "<key>5</key><chainId>5</chainId><createdTime>2026-11-22T10:00:00Z</createdTime>"
        "<userName>u</userName><novelty><name>x</name><ref type=\"Folder\">group-1</ref></novelty>"
        "<item>1</item><item>2</item>");
    Json const body = parse_json(body_of(event)).value();
    CHECK(headers_of(event).get("ce-type") == "com.vmware.vsphere.BrandNewEvent.v0");
    CHECK(string_at(body, "Novelty/Name") == "x");
    CHECK(string_at(body, "Novelty/Ref/Value") == "group-1");
    CHECK(dump_json(*find_json(body, "Item")) == R"(["1","2"])");
    CHECK(find_json(body, "Vm")->is_null());
}

TEST_CASE("Conversion: names with line breaks and other scripts cannot break the headers (F38)") {
    OutboundEvent const event = convert(
        "VmPoweredOnEvent",
        "<key>5</key><createdTime>2026-11-22T10:00:00Z</createdTime><userName>Zoë</userName>"
        "<vm><name>a&#13;&#10;ce-type: evil\xff</name><vm type=\"VirtualMachine\">vm-1</vm></vm>");
    CHECK(headers_of(event).get("ce-username") == "Zo%C3%AB");
    CHECK(headers_of(event).get("ce-vmname").find('\n') == std::string_view::npos);
    CHECK(headers_of(event).get("ce-type") == "com.vmware.vsphere.VmPoweredOnEvent.v0");
    CHECK(parse_json(body_of(event)));
}

TEST_CASE("Conversion: every class of the table converts an empty event to valid JSON") {
    for (std::size_t i = 0; i < vim_type_line_count; ++i) {
        std::string const name(vim_type_lines[i].substr(0, vim_type_lines[i].find(':')));
        VimType const* type = types().find(name);
        REQUIRE(type != nullptr);
        if (!type->derives_from("Event"))
            continue;
        INFO(name);
        CHECK(parse_json(body_of(convert(name, "<key>1</key>"))));
    }
}

TEST_CASE("Conversion: times are written as Go writes them") {
    Json const body = parse_json(body_of(convert(
                                     "VmPoweredOnEvent",
                                     "<key>1</key><createdTime>2026-11-22T12:00:00.500000+02:00"
                                     "</createdTime>")))
                          .value();
    CHECK(string_at(body, "CreatedTime") == "2026-11-22T10:00:00.5Z");
}

TEST_CASE("Conversion: text between elements and numbers JSON has not are no harm (F36)") {
    auto const event = convert(
        "EventEx",
        "<key>007</key><chainId>1.</chainId><createdTime>2026-11-22T10:00:00Z</createdTime>"
        "<arguments><key>a</key><value xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:type=\"int\">-</value></arguments><novelty>1</novelty>loose text");
    auto const body = parse_json(body_of(event));
    REQUIRE(body);
    CHECK(string_at(*body, "Key") == "007");
    CHECK(string_at(*body, "ChainId") == "1.");
    CHECK(string_at(*body, "Novelty") == "1");
}

// Found by fuzzing.
TEST_CASE("Conversion: a number that no reader of JSON can hold is a text") {
    auto const body = parse_json(body_of(convert(
        "VmPoweredOnEvent",
        "<key>7</key><chainId>1e999</chainId><createdTime>2026-11-22T10:00:00Z</createdTime>")));
    REQUIRE(body);
    CHECK(string_at(*body, "ChainId") == "1e999");
    CHECK(number_at(*body, "Key") == 7);
}

TEST_CASE("Conversion: as JSON the event says the same as in a request of its own") {
    EventFormat json = format;
    json.encoding = EventEncoding::json;
    for (std::string const name : {"DC0_H0_VM0", "ta\tb &quot;q&quot; \xc3\xa9 &lt;img>"}) {
        std::string inner = powered_on;
        inner.replace(inner.find("DC0_H0_VM0"), std::string("DC0_H0_VM0").size(), name);
        OutboundEvent const request = convert("VmPoweredOnEvent", inner);
        OutboundEvent const member = convert("VmPoweredOnEvent", inner, json);
        CHECK(read(member) == read(request));
        CHECK(member.entity == request.entity);
    }
}

TEST_CASE("Conversion: an override replaces the attribute of its name, in both encodings") {
    EventFormat changed = format;
    changed.overrides = {{"vmname", "another"}, {"site", "north"}};
    for (auto const encoding : {EventEncoding::request, EventEncoding::json}) {
        changed.encoding = encoding;
        CloudEvent const event = read(convert("VmPoweredOnEvent", powered_on, changed));
        CHECK(event.attribute("vmname") == "another");
        CHECK(event.attribute("site") == "north");
    }
}

namespace {

std::string named(std::string const& vm) {
    return "<key>7</key><createdTime>2026-11-22T10:10:38Z</createdTime><userName>u</userName>"
           "<vm><name>" +
           vm + "</name><vm type=\"VirtualMachine\">vm-57</vm></vm>";
}

}  // namespace

// Reports 3: vCenter gives names as old clients wrote them.
TEST_CASE("Conversion: every attribute is valid UTF-8 in both encodings, whatever vCenter says") {
    EventFormat json = format;
    json.encoding = EventEncoding::json;
    for (EventFormat as : {format, json}) {
        as.overrides["site"] = "B\xfcro";
        CloudEvent const latin1 = read(convert("VmPoweredOnEvent", named("Serveur Mod\xe8le"), as));
        CHECK(latin1.attribute("vmname") == "Serveur Mod\xef\xbf\xbdle");
        CHECK(latin1.attribute("site") == "B\xef\xbf\xbdro");
        CloudEvent const cut = read(convert("VmPoweredOnEvent", named("B\xc3\xbcro-\xc3"), as));
        CHECK(cut.attribute("vmname") == "B\xc3\xbcro-\xef\xbf\xbd");
        CloudEvent const control = read(convert("VmPoweredOnEvent", named("a\tb\xe8"), as));
        CHECK(
            control.attribute("vmname") ==
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
    }
}

TEST_CASE("Conversion: a key that is none is told, never taken for 0") {
    for (std::string const key : {"", "x", "12x", "99999999999", " 7"}) {
        std::string text = "<e><key>" + key + "</key><createdTime>never</createdTime></e>";
        pugi::xml_document document;
        REQUIRE(parse_xml(document, text));
        EventParts const parts = find_parts(document.document_element());
        INFO(key);
        CHECK_FALSE(parts.key);
        CHECK_FALSE(parts.created);
    }
}

TEST_CASE("Conversion: an event without a time has no time attribute") {
    CloudEvent const event =
        read(convert("VmPoweredOnEvent", "<key>7</key><userName>u</userName>"));
    CHECK(event.id == "7");
    CHECK(event.time.empty());
}
