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
