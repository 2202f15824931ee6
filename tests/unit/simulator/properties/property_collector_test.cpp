// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_collector.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using test::Vcenter;
using Texts = std::vector<std::string>;
ManagedReference const own{"PropertyCollector", "propertyCollector"};

HttpResponse wait(Vcenter& vcenter, std::string const& version) {
    return vcenter.call("WaitForUpdatesEx", own, "<version>" + version + "</version>");
}

ManagedReference watch(
    Vcenter& vcenter, ManagedReference const& object, std::string const& property) {
    return Vcenter::returned(vcenter.call(
        "CreateFilter", own,
        "<spec><propSet><type>" + object.type + "</type><pathSet>" + property +
            "</pathSet></propSet><objectSet><obj type=\"" + object.type + "\">" + object.value +
            "</obj></objectSet></spec><partialUpdates>false</partialUpdates>"));
}

TEST_CASE("PropertyCollector: first everything enters, then only changes", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "runtime.powerState");
    auto const first = wait(vcenter, "");
    CHECK(Vcenter::texts(first, "kind") == Texts{"enter"});
    CHECK(Vcenter::texts(first, "val") == Texts{"poweredOn"});
    CHECK(Vcenter::texts(wait(vcenter, "1"), "returnval").empty());
    vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"});
    auto const second = wait(vcenter, "1");
    CHECK(Vcenter::texts(second, "version") == Texts{"2"});
    CHECK(Vcenter::texts(second, "kind") == Texts{"modify"});
    CHECK(Vcenter::texts(second, "val") == Texts{"poweredOff"});
}

TEST_CASE("PropertyCollector: a new event modifies latestPage", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const collector = vcenter.collector("<eventTypeId>VmPoweredOffEvent</eventTypeId>");
    watch(vcenter, collector, "latestPage");
    auto const first = wait(vcenter, "");
    CHECK(first.body.find("xsi:type=\"ArrayOfEvent\"") != std::string::npos);
    vcenter.call("CreateSnapshot_Task", {"VirtualMachine", "vm-57"}, "<name>n</name>");
    CHECK(Vcenter::texts(wait(vcenter, "1"), "returnval").empty());  // no matching event
    vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"});
    auto const second = wait(vcenter, "1");
    CHECK(second.body.find("<Event xsi:type=\"VmPoweredOffEvent\">") != std::string::npos);
}

TEST_CASE("PropertyCollector: another version than the last is refused", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "name");
    wait(vcenter, "");
    CHECK(Vcenter::fault(wait(vcenter, "7")) == "InvalidCollectorVersion");
    CHECK(Vcenter::texts(wait(vcenter, ""), "kind") == Texts{"enter"});
}

TEST_CASE("PropertyCollector: what goes away is told as leave", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const collector = vcenter.collector();
    watch(vcenter, collector, "latestPage");
    wait(vcenter, "");
    vcenter.world.strike(FaultKind::collector_gone);
    CHECK(Vcenter::texts(wait(vcenter, "1"), "kind") == Texts{"leave"});
}

TEST_CASE("PropertyCollector: a destroyed filter tells nothing more", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const filter = watch(vcenter, {"VirtualMachine", "vm-57"}, "runtime.powerState");
    wait(vcenter, "");
    CHECK(vcenter.call("DestroyPropertyFilter", filter).status == 200);
    CHECK(Vcenter::fault(vcenter.call("DestroyPropertyFilter", filter)) == "ManagedObjectNotFound");
    vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"});
    CHECK(Vcenter::texts(wait(vcenter, "1"), "returnval").empty());
}

TEST_CASE("PropertyCollector: a property that is not defined is InvalidProperty", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const* method = GENERATE("CreateFilter", "RetrieveProperties", "RetrievePropertiesEx");
    INFO(method);
    std::string const element = method == std::string("CreateFilter") ? "spec" : "specSet";
    auto const answer = vcenter.call(
        method, own,
        "<" + element +
            "><propSet><type>VirtualMachine</type><pathSet>name</pathSet><pathSet>"
            "bogus.state</pathSet></propSet><objectSet><obj type=\"VirtualMachine\">vm-57</obj>"
            "</objectSet></" +
            element + ">");
    CHECK(Vcenter::fault(answer) == "InvalidProperty");
    CHECK(Vcenter::texts(answer, "name") == Texts{"bogus.state"});
}

TEST_CASE("PropertyCollector: a traversal that is not defined is InvalidArgument", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const answer = vcenter.call(
        "RetrieveProperties", own,
        "<specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet>"
        "<obj type=\"Folder\">group-d1</obj><selectSet xmlns:i=\"http://www.w3.org/2001/"
        "XMLSchema-instance\" i:type=\"TraversalSpec\"><type>Folder</type><path>bogus</path>"
        "</selectSet></objectSet></specSet>");
    CHECK(Vcenter::fault(answer) == "InvalidArgument");
}

TEST_CASE("PropertyCollector: a defined property without a value is left out", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "snapshot");
    auto const first = wait(vcenter, "");
    CHECK(Vcenter::texts(first, "kind") == Texts{"enter"});
    CHECK(Vcenter::texts(first, "changeSet").empty());
}

TEST_CASE(
    "PropertyCollector: a value that goes away is told, also within what is gone", "[simulator]") {
    struct Example {
        std::string path;
        std::string op;
    };
    auto const [path, op] = GENERATE(
        Example{"snapshot", "assign"}, Example{"snapshot.currentSnapshot", "indirectRemove"});
    Vcenter vcenter;
    vcenter.login();
    ManagedReference const vm{"VirtualMachine", "vm-57"};
    vcenter.call("CreateSnapshot_Task", vm, "<name>n</name>");
    auto const snapshot = vcenter.world.inventory.find_vm("vm-57")->snapshots.at(0).reference;
    watch(vcenter, vm, path);
    CHECK(Vcenter::texts(wait(vcenter, ""), "op") == Texts{"assign"});
    vcenter.call("RemoveSnapshot_Task", snapshot);
    auto const gone = wait(vcenter, "1");
    CHECK(Vcenter::texts(gone, "kind") == Texts{"modify"});
    CHECK(Vcenter::texts(gone, "op") == Texts{op});
    CHECK(Vcenter::texts(gone, "val").empty());
    CHECK(Vcenter::texts(wait(vcenter, "2"), "returnval").empty());
}

TEST_CASE(
    "PropertyCollector: a change within tells the property the filter names, whole",
    "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "runtime");
    wait(vcenter, "");
    vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"});
    auto const second = wait(vcenter, "1");
    CHECK(Vcenter::texts(second, "name") == Texts{"runtime"});
    CHECK(Vcenter::texts(second, "powerState") == Texts{"poweredOff"});
    CHECK(Vcenter::texts(second, "connectionState") == Texts{"connected"});
}

TEST_CASE("PropertyCollector: only what has changed is told of several properties", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "name</pathSet><pathSet>runtime.powerState");
    CHECK(Vcenter::texts(wait(vcenter, ""), "name") == Texts{"name", "runtime.powerState"});
    vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"});
    CHECK(Vcenter::texts(wait(vcenter, "1"), "name") == Texts{"runtime.powerState"});
}

TEST_CASE(
    "PropertyCollector: a filter that comes later enters, the others are quiet", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "name");
    wait(vcenter, "");
    auto const later = watch(vcenter, {"VirtualMachine", "vm-58"}, "name");
    auto const second = wait(vcenter, "1");
    CHECK(Vcenter::texts(second, "filter") == Texts{later.value});
    CHECK(Vcenter::texts(second, "obj") == Texts{"vm-58"});
}

TEST_CASE("PropertyCollector: of an object that is not there no filter is made", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const answer = vcenter.call(
        "CreateFilter", own,
        "<spec><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet>"
        "<obj type=\"VirtualMachine\">vm-9</obj></objectSet></spec>");
    CHECK(Vcenter::fault(answer) == "ManagedObjectNotFound");
    CHECK(Vcenter::texts(answer, "obj") == Texts{"vm-9"});
    CHECK(Vcenter::texts(wait(vcenter, ""), "returnval").empty());
}

TEST_CASE("PropertyCollector: an object that two filters select is retrieved once", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const spec = [](std::string const& path) {
        return "<specSet><propSet><type>VirtualMachine</type><pathSet>" + path +
               "</pathSet></propSet><objectSet><obj type=\"VirtualMachine\">vm-57</obj>"
               "</objectSet></specSet>";
    };
    auto const answer = vcenter.call(
        "RetrieveProperties", own, spec("name") + spec("runtime.powerState") + spec("name"));
    CHECK(Vcenter::texts(answer, "obj") == Texts{"vm-57"});
    CHECK(Vcenter::texts(answer, "val") == Texts{"web-01", "poweredOn"});
}

TEST_CASE(
    "PropertyCollector: a long list comes in parts by token, each token once", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    auto const view = Vcenter::returned(vcenter.call(
        "CreateContainerView", {"ViewManager", "ViewManager"},
        "<container type=\"Folder\">group-d1</container><type>HostSystem</type>"
        "<recursive>true</recursive>"));
    auto const first = vcenter.call(
        "RetrievePropertiesEx", own,
        "<specSet><propSet><type>HostSystem</type><pathSet>name</pathSet></propSet><objectSet>"
        "<obj type=\"ContainerView\">" +
            view.value +
            "</obj><skip>true</skip><selectSet>"
            "<type>ContainerView</type><path>view</path></selectSet></objectSet></specSet>"
            "<options><maxObjects>3</maxObjects></options>");
    CHECK(Vcenter::texts(first, "obj") == Texts{"host-21", "host-22", "host-23"});
    auto const tokens = Vcenter::texts(first, "token");
    REQUIRE(tokens.size() == 1);
    auto const argument = "<token>" + tokens[0] + "</token>";
    auto const rest = vcenter.call("ContinueRetrievePropertiesEx", own, argument);
    CHECK(Vcenter::texts(rest, "obj") == Texts{"host-24", "host-25", "host-26", "host-27"});
    CHECK(Vcenter::texts(rest, "token").empty());
    for (auto const* method : {"ContinueRetrievePropertiesEx", "CancelRetrievePropertiesEx"})
        CHECK(Vcenter::fault(vcenter.call(method, own, argument)) == "InvalidArgument");
}

TEST_CASE("PropertyCollector: collectors of one session do not hear of each other", "[simulator]") {
    Vcenter vcenter;
    vcenter.login();
    watch(vcenter, {"VirtualMachine", "vm-57"}, "name");
    auto const other = Vcenter::returned(vcenter.call("CreatePropertyCollector", own));
    CHECK(Vcenter::texts(vcenter.call("CheckForUpdates", other), "returnval").empty());
    CHECK(Vcenter::texts(wait(vcenter, ""), "kind") == Texts{"enter"});
    CHECK(vcenter.call("DestroyPropertyCollector", other).status == 200);
    CHECK(Vcenter::fault(vcenter.call("CheckForUpdates", other)) == "ManagedObjectNotFound");
}

TEST_CASE("PropertyCollector: a task's state can be watched until it is done", "[simulator]") {
    auto slow = test::options();
    slow.operation_step = 100ms;
    Vcenter vcenter(std::move(slow));
    vcenter.login();
    auto const task =
        Vcenter::returned(vcenter.call("PowerOffVM_Task", {"VirtualMachine", "vm-57"}));
    watch(vcenter, task, "info.state");
    CHECK(Vcenter::texts(wait(vcenter, ""), "val") == Texts{"running"});
    vcenter.world.advance(vcenter.now + 100ms);
    CHECK(Vcenter::texts(wait(vcenter, "1"), "val") == Texts{"success"});
}

}  // namespace
}  // namespace millrace::simulator
