// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/operations.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using Classes = std::vector<std::string>;

struct Site : test::Vcenter {
    using Vcenter::Vcenter;

    TaskRecord const& run(OperationKind kind, std::string target, std::string host = {}) {
        OperationRequest request;
        request.kind = kind;
        request.target = std::move(target);
        request.host = std::move(host);
        request.name = "a name";
        request.user_name = "ada";
        return *world.tasks.find(*world.operations.start(request, now));
    }
};

TEST_CASE("Operations: power operations make vCenter's events in its order", "[simulator]") {
    Site site;
    auto const task = site.run(OperationKind::power_off, "vm-57");
    CHECK(task.state == TaskState::success);
    CHECK(
        test::classes_since(site.world, 0) ==
        Classes{"TaskEvent", "VmStoppingEvent", "VmPoweredOffEvent"});
    site.run(OperationKind::power_on, "vm-57");
    CHECK(
        test::classes_since(site.world, 3) ==
        Classes{"TaskEvent", "VmStartingEvent", "VmPoweredOnEvent"});
    site.run(OperationKind::suspend, "vm-57");
    CHECK(
        test::classes_since(site.world, 6) ==
        Classes{"TaskEvent", "VmSuspendingEvent", "VmSuspendedEvent"});
    CHECK(site.world.inventory.find_vm("vm-57")->power == PowerState::suspended);
}

TEST_CASE("Operations: the events of one operation share the chain of its task", "[simulator]") {
    Site site;
    site.run(OperationKind::power_off, "vm-57");
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(site.world.events.row(i).chain == site.world.events.row(0).key);
}

TEST_CASE("Operations: what the state forbids gives a failed task", "[simulator]") {
    Site site;
    auto const task = site.run(OperationKind::power_on, "vm-57");
    CHECK(task.state == TaskState::error);
    CHECK(task.fault->type == "InvalidPowerState");
    CHECK(test::classes_since(site.world, 0) == Classes{"TaskEvent"});
}

TEST_CASE("Operations: an unknown target is an error, not a task", "[simulator]") {
    Site site;
    OperationRequest request;
    request.target = "vm-999";
    auto const started = site.world.operations.start(request, site.now);
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().code == ErrorCode::not_found);
    CHECK(site.world.events.size() == 0);
}

TEST_CASE("Operations: a migration names both hosts and moves the VM", "[simulator]") {
    Site site;
    site.run(OperationKind::migrate, "vm-57", "host-23");
    CHECK(
        test::classes_since(site.world, 0) ==
        Classes{"TaskEvent", "VmBeingHotMigratedEvent", "VmMigratedEvent"});
    CHECK(site.world.inventory.find_vm("vm-57")->host == "host-23");
    std::string xml;
    site.world.events.render(2, "e", true, xml);
    CHECK(
        xml.find("<sourceHost><name>esx-prod-01.demo.local</name><host type=\"HostSystem\">"
                 "host-21</host></sourceHost>") != std::string::npos);
}

TEST_CASE("Operations: a host is emptied before it is in maintenance mode", "[simulator]") {
    Site site;
    auto const guests = site.world.inventory.vms_of_host("host-21").size();
    auto const task = site.run(OperationKind::enter_maintenance, "host-21");
    CHECK(task.state == TaskState::success);
    auto const classes = test::classes_since(site.world, 0);
    REQUIRE(classes.size() == guests + 3);
    CHECK(classes[1] == "EnteringMaintenanceModeEvent");
    CHECK(
        std::count(classes.begin(), classes.end(), "DrsVmMigratedEvent") == std::ptrdiff_t(guests));
    CHECK(classes.back() == "EnteredMaintenanceModeEvent");
    CHECK(site.world.inventory.vms_of_host("host-21").empty());

    site.run(OperationKind::exit_maintenance, "host-21");
    CHECK(test::classes_since(site.world, guests + 4) == Classes{"ExitMaintenanceModeEvent"});
    CHECK(site.world.inventory.find_host("host-21")->maintenance == Maintenance::none);
}

TEST_CASE("Operations: the last host of a cluster cannot be emptied", "[simulator]") {
    Site site;
    site.run(OperationKind::enter_maintenance, "host-25");
    site.run(OperationKind::enter_maintenance, "host-26");
    OperationRequest request;
    request.kind = OperationKind::enter_maintenance;
    request.target = "host-27";
    auto const allowed = site.world.operations.check(request);
    REQUIRE_FALSE(allowed.has_value());
    CHECK(allowed.error().code == ErrorCode::conflict);
}

TEST_CASE(
    "Operations: with a pause between steps the task runs until they are done", "[simulator]") {
    auto slow = test::options();
    slow.operation_step = 500ms;
    Site site(std::move(slow));
    auto const id = site.run(OperationKind::power_off, "vm-57").id;
    CHECK(site.world.tasks.find(id)->state == TaskState::running);
    site.world.advance(site.now + 499ms);
    CHECK(site.world.tasks.find(id)->state == TaskState::running);
    site.world.advance(site.now + 500ms);
    CHECK(site.world.tasks.find(id)->state == TaskState::success);
    CHECK(site.world.events.row(2).class_name == "VmPoweredOffEvent");
}

TEST_CASE("Operations: an object does one operation at a time", "[simulator]") {
    auto slow = test::options();
    slow.operation_step = 500ms;
    Site site(std::move(slow));
    site.run(OperationKind::power_off, "vm-57");
    auto const second = site.run(OperationKind::power_off, "vm-57");
    CHECK(second.state == TaskState::error);
    CHECK(second.fault->type == "TaskInProgress");
    site.world.advance(site.now + 500ms);
    CHECK(site.run(OperationKind::power_on, "vm-57").state == TaskState::running);
}

TEST_CASE(
    "Operations: snapshots come and go, a rename keeps the old name in its event", "[simulator]") {
    Site site;
    auto const task = site.run(OperationKind::create_snapshot, "vm-57");
    auto& vm = *site.world.inventory.find_vm("vm-57");
    REQUIRE(vm.snapshots.size() == 1);
    CHECK(task.result == vm.snapshots[0].reference);
    site.run(OperationKind::remove_snapshot, task.result.value);
    CHECK(vm.snapshots.empty());
    site.run(OperationKind::rename, "vm-57");
    CHECK(site.world.inventory.name_of("vm-57") == "a name");
    std::string xml;
    site.world.events.render(site.world.events.size() - 1, "e", true, xml);
    CHECK(xml.find("<oldName>web-01</oldName><newName>a name</newName>") != std::string::npos);
}

TEST_CASE("Operations: a suspended VM resumes, it does not start", "[simulator]") {
    Site site;
    site.run(OperationKind::suspend, "vm-57");
    site.run(OperationKind::power_on, "vm-57");
    CHECK(
        test::classes_since(site.world, 3) ==
        Classes{"TaskEvent", "VmResumingEvent", "VmPoweredOnEvent"});
}

TEST_CASE("Operations: only a VM that runs is migrated hot", "[simulator]") {
    Site site;
    site.run(OperationKind::power_off, "vm-57");
    site.run(OperationKind::migrate, "vm-57", "host-23");
    CHECK(
        test::classes_since(site.world, 3) ==
        Classes{"TaskEvent", "VmBeingMigratedEvent", "VmMigratedEvent"});
}

TEST_CASE("Operations: DRS is told apart from a person who migrates", "[simulator]") {
    Site site;
    site.run(OperationKind::drs_migrate, "vm-57");
    CHECK(test::classes_since(site.world, 2) == Classes{"DrsVmMigratedEvent"});
}

TEST_CASE("Operations: each refusal has vSphere's fault", "[simulator]") {
    struct Example {
        OperationKind kind;
        std::string target;
        std::string host;
        std::string fault;
    };
    auto const example = GENERATE(
        Example{OperationKind::power_on, "vm-57", "", "InvalidPowerState"},
        Example{OperationKind::reset, "vm-93", "", "InvalidPowerState"},
        Example{OperationKind::suspend, "vm-93", "", "InvalidPowerState"},
        Example{OperationKind::power_off, "vm-93", "", "InvalidPowerState"},
        Example{OperationKind::migrate, "vm-57", "host-24", "InvalidState"},
        Example{OperationKind::migrate, "vm-57", "host-21", "InvalidState"},
        Example{OperationKind::exit_maintenance, "host-21", "", "InvalidState"},
        Example{OperationKind::enter_maintenance, "host-24", "", "InvalidState"});
    INFO(example.target << " " << example.fault);
    Site site;
    site.run(OperationKind::enter_maintenance, "host-24");
    auto const before = site.world.inventory.generation;
    auto const task = site.run(example.kind, example.target, example.host);
    CHECK(task.state == TaskState::error);
    REQUIRE(task.fault);
    CHECK(task.fault->type == example.fault);
    CHECK(site.world.inventory.generation == before);
}

TEST_CASE("Operations: a name is there once in a folder; a VM may keep its own", "[simulator]") {
    Site site;
    OperationRequest request;
    request.kind = OperationKind::rename;
    request.target = "vm-57";
    request.name = "web-02";
    auto const refused = *site.world.operations.start(request, site.now);
    CHECK(site.world.tasks.find(refused)->fault->type == "DuplicateName");
    CHECK(site.world.inventory.name_of("vm-57") == "web-01");
    for (auto const* name : {"web-01", "dns-01"}) {  // dns-01 lies in another folder
        request.name = name;
        CHECK(site.world.operations.check(request));
    }
}

TEST_CASE("Operations: every word of the control API is an operation, no other is", "[simulator]") {
    auto const* word = GENERATE(
        "powerOn", "powerOff", "reset", "suspend", "migrate", "drsMigrate", "snapshot",
        "removeSnapshot", "rename", "reconfigure", "enterMaintenance", "exitMaintenance");
    INFO(word);
    REQUIRE(parse_operation(word));
    CHECK(naming_of(*parse_operation(word)).word == word);
    CHECK_FALSE(parse_operation(std::string(word) + " "));
}

}  // namespace
}  // namespace millrace::simulator
