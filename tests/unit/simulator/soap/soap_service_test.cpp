// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_service.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using test::Vcenter;
ManagedReference const service{"ServiceInstance", "ServiceInstance"};
ManagedReference const event_manager{"EventManager", "EventManager"};

TEST_CASE("vCenter: without a login only what leads to one is answered", "[simulator]") {
    Vcenter vcenter;
    CHECK(vcenter.call("RetrieveServiceContent", service).status == 200);
    CHECK(Vcenter::fault(vcenter.call("CurrentTime", service)) == "NotAuthenticated");
    CHECK(
        Vcenter::fault(vcenter.call(
            "RetrieveProperties", {"PropertyCollector", "propertyCollector"},
            "<specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet>"
            "<obj type=\"Folder\">group-d1</obj></objectSet></specSet>")) == "NotAuthenticated");
}

TEST_CASE("vCenter: a login gives a session cookie and an event, a logout ends it", "[simulator]") {
    Vcenter vcenter;
    CHECK(vcenter.login().status == 200);
    CHECK(vcenter.call("CurrentTime", service).status == 200);
    CHECK(vcenter.call("Logout", {"SessionManager", "SessionManager"}).status == 200);
    CHECK(Vcenter::fault(vcenter.call("CurrentTime", service)) == "NotAuthenticated");
    CHECK(
        test::classes_since(vcenter.world, 0) ==
        std::vector<std::string>{"UserLoginSessionEvent", "UserLogoutSessionEvent"});
}

TEST_CASE("vCenter: a wrong password is InvalidLogin and leaves an event", "[simulator]") {
    Vcenter vcenter;
    CHECK(Vcenter::fault(vcenter.login("wrong")) == "InvalidLogin");
    CHECK(vcenter.cookie.empty());
    CHECK(vcenter.world.failed_logins == 1);
    CHECK(vcenter.world.events.row(0).class_name == "BadUsernameSessionEvent");
}

TEST_CASE("vCenter: a session that idles too long is over", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    vcenter.now += 30min;
    CHECK(vcenter.call("CurrentTime", service).status == 200);
    vcenter.now += 30min + 1s;
    CHECK(Vcenter::fault(vcenter.call("CurrentTime", service)) == "NotAuthenticated");
}

TEST_CASE("vCenter: a page has 1 to 1000 events, else InvalidArgument", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const collector = vcenter.collector();
    auto const refused = vcenter.read_next(collector, 1001);
    CHECK(Vcenter::fault(refused) == "InvalidArgument");
    CHECK(Vcenter::texts(refused, "invalidProperty") == std::vector<std::string>{"maxCount"});
    CHECK(Vcenter::fault(vcenter.read_next(collector, 0)) == "InvalidArgument");
    CHECK(Vcenter::texts(vcenter.read_next(collector, 1000), "key").size() == 1);
}

TEST_CASE("vCenter: 32 collectors a session, and they go with it", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    ManagedReference last;
    for (int i = 0; i < 32; ++i)
        last = vcenter.collector();
    auto const create = [&] {
        return vcenter.call("CreateCollectorForEvents", event_manager, "<filter/>");
    };
    CHECK(Vcenter::fault(create()) == "InvalidState");
    CHECK(vcenter.call("DestroyCollector", last).status == 200);
    CHECK(create().status == 200);
    vcenter.login();
    CHECK(create().status == 500);  // still the old session's: a second login there is refused
    vcenter.cookie.clear();
    vcenter.login();
    CHECK(create().status == 200);
}

TEST_CASE("vCenter: a collector that is gone is ManagedObjectNotFound", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const collector = vcenter.collector();
    vcenter.world.strike(FaultKind::collector_gone);
    auto const answer = vcenter.read_next(collector, 10);
    CHECK(Vcenter::fault(answer) == "ManagedObjectNotFound");
    CHECK(Vcenter::texts(answer, "obj") == std::vector<std::string>{collector.value});
}

TEST_CASE("vCenter: a posted event gets the server's key, chain, time and user", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const posted = vcenter.call(
        "PostEvent", event_manager,
        "<eventToPost i:type=\"EventEx\"><key>9</key><chainId>9</chainId><createdTime>2020-01-01"
        "T00:00:00Z</createdTime><userName>x</userName><vm><name>n</name><vm "
        "type=\"VirtualMachine\">vm-57</vm></vm><eventTypeId>com.example</eventTypeId>"
        "<message>a &lt;b&gt;</message></eventToPost>");
    REQUIRE(posted.status == 200);
    auto const row = vcenter.world.events.row(1);
    CHECK(row.key == 7002);
    CHECK(row.event_type_id == "com.example");
    CHECK(row.user_name == "VSPHERE.LOCAL\\administrator");
    CHECK(row.context->vm.reference.value == "vm-57");
    auto const page =
        vcenter.read_next(vcenter.collector("<eventTypeId>com.example</eventTypeId>"), 5);
    CHECK(Vcenter::texts(page, "message") == std::vector<std::string>{"a <b>"});
}

TEST_CASE("vCenter: criteria it does not know are refused, not ignored", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const answer = vcenter.call(
        "CreateCollectorForEvents", event_manager, "<filter><category>info</category></filter>");
    CHECK(Vcenter::fault(answer) == "NotSupported");
    CHECK(Vcenter::fault(vcenter.call("FlyToTheMoon", service)) == "MethodNotFound");
}

TEST_CASE("vCenter: an inventory walk by traversal finds every VM once", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const answer = vcenter.call(
        "RetrievePropertiesEx", {"PropertyCollector", "propertyCollector"},
        "<specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet>"
        "<pathSet>runtime.powerState</pathSet></propSet><objectSet><obj type=\"Folder\">group-d1"
        "</obj><skip>true</skip><selectSet "
        "i:type=\"TraversalSpec\"><name>folders</name><type>Folder"
        "</type><path>childEntity</path><selectSet><name>folders</name></selectSet><selectSet>"
        "<name>vms</name></selectSet></selectSet><selectSet i:type=\"TraversalSpec\"><name>vms"
        "</name><type>Datacenter</type><path>vmFolder</path><selectSet><name>folders</name>"
        "</selectSet></selectSet></objectSet></specSet><options><maxObjects>25</maxObjects>"
        "</options>");
    CHECK(Vcenter::texts(answer, "obj").size() == 25);
    auto const token = Vcenter::texts(answer, "token");
    REQUIRE(token.size() == 1);
    auto const rest = vcenter.call(
        "ContinueRetrievePropertiesEx", {"PropertyCollector", "propertyCollector"},
        "<token>" + token[0] + "</token>");
    CHECK(Vcenter::texts(rest, "obj").size() == 15);
    CHECK(Vcenter::texts(rest, "token").empty());
    CHECK(Vcenter::texts(rest, "val").size() == 30);
}

TEST_CASE("vCenter: faults strike as often as asked", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    PlannedFault fault;
    fault.kind = FaultKind::not_authenticated_next;
    fault.remaining = 2;
    vcenter.world.faults.add(fault);
    CHECK(Vcenter::fault(vcenter.call("CurrentTime", service)) == "NotAuthenticated");
    CHECK(Vcenter::fault(vcenter.call("CurrentTime", service)) == "NotAuthenticated");
    CHECK(vcenter.call("CurrentTime", service).status == 200);
}

TEST_CASE("vCenter: broken pages are broken in the way asked for", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const page_with = [&](std::string const& mode) {
        PlannedFault fault;
        fault.kind = FaultKind::bad_xml;
        fault.remaining = 1;
        fault.mode = mode;
        vcenter.world.faults.add(fault);
        return vcenter.read_next(vcenter.collector(), 10).body;
    };
    pugi::xml_document document;
    CHECK_FALSE(document.load_string(page_with("truncated").c_str()));
    CHECK(page_with("illegalCharacter").find('\x01') != std::string::npos);
    CHECK(page_with("html").starts_with("<html>"));
    CHECK(page_with("unknownClass").find("EventFromTheFuture") != std::string::npos);
    // Keys begin at 7001: the first page has none that can be divided by 7, and then it has.
    for (int i = 0; i < 10; ++i)
        vcenter.world.logout(*vcenter.world.sessions.begin({}, vcenter.now), vcenter.now);
    CHECK_FALSE(document.load_string(page_with("brokenEvents").c_str()));
}

TEST_CASE("vCenter: a load balancer's cookie comes before the session's", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    PlannedFault fault;
    fault.kind = FaultKind::foreign_cookie;
    vcenter.world.faults.add(fault);
    auto const answer = vcenter.call("CurrentTime", service);
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("Set-Cookie") == "lb=node-2; Path=/");
}

}  // namespace
}  // namespace millrace::simulator
