// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_catalog.hpp"

#include <pugixml.hpp>

#include "simulator/world/inventory_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using Fields = std::vector<std::string>;

struct Site {
    Inventory inventory = build_inventory({});
    EventCatalog catalog{inventory};
};

pugi::xml_document details_of(EventDraft const& draft) {
    pugi::xml_document document;
    REQUIRE(document.load_string(("<d>" + draft.details_xml + "</d>").c_str()));
    return document;
}

Fields fields_of(EventDraft const& draft) {
    auto const document = details_of(draft);
    Fields names;
    for (auto const node : document.child("d").children())
        names.emplace_back(node.name());
    return names;
}

TEST_CASE("Event catalog: a VM's event names VM, host, cluster and data centre", "[simulator]") {
    Site const site;
    auto const draft = site.catalog.vm("VmPoweredOffEvent", "vm-57", {"ada", 42});
    CHECK(draft.class_name == "VmPoweredOffEvent");
    CHECK(draft.user_name == "ada");
    CHECK(draft.chain == 42);
    CHECK(draft.context.vm.name == "web-01");
    CHECK(draft.context.host.reference == ManagedReference{"HostSystem", "host-21"});
    CHECK(
        draft.context.compute_resource.reference ==
        ManagedReference{"ClusterComputeResource", "domain-c8"});
    CHECK(draft.context.datacenter.name == "Berlin");
    CHECK(draft.message == "web-01 on esx-prod-01.demo.local in Berlin is powered off");
}

TEST_CASE("Event catalog: each class of event of a VM has a sentence of its own", "[simulator]") {
    Site const site;
    auto const* name = GENERATE(
        "VmStartingEvent", "VmPoweredOnEvent", "VmStoppingEvent", "VmResettingEvent",
        "VmSuspendingEvent", "VmSuspendedEvent", "VmResumingEvent", "VmGuestShutdownEvent",
        "VmGuestRebootEvent", "VmReconfiguredEvent");
    auto const message = site.catalog.vm(name, "vm-57", {}).message;
    INFO(message);
    CHECK(message.starts_with("web-01 on esx-prod-01.demo.local in Berlin "));
    CHECK_FALSE(message.ends_with(' '));
    CHECK(is_event_class(name, "VmEvent"));
}

TEST_CASE(
    "Event catalog: each event has its class's own fields in the schema's order", "[simulator]") {
    Site const site;
    auto const& catalog = site.catalog;
    CHECK(fields_of(catalog.vm("VmPoweredOnEvent", "vm-57", {})) == Fields{"template"});
    CHECK(
        fields_of(catalog.vm("VmReconfiguredEvent", "vm-57", {})) ==
        Fields{"template", "configSpec"});
    CHECK(
        fields_of(catalog.vm_being_migrated("vm-57", "host-22", {})) ==
        Fields{"template", "destHost", "destDatacenter"});
    CHECK(
        fields_of(catalog.vm_migrated("VmMigratedEvent", "vm-57", "host-22", {})) ==
        Fields{"template", "sourceHost", "sourceDatacenter"});
    CHECK(
        fields_of(catalog.vm_renamed("vm-57", "a", "b", {})) ==
        Fields{"template", "oldName", "newName"});
    CHECK(fields_of(catalog.host("ExitMaintenanceModeEvent", "host-21", {})).empty());
    CHECK(fields_of(catalog.login({})) == Fields{"ipAddress", "userAgent", "locale", "sessionId"});
    CHECK(
        fields_of(catalog.logout({})) ==
        Fields{"ipAddress", "userAgent", "callCount", "sessionId", "loginTime"});
    CHECK(fields_of(catalog.bad_login("ada", "10.0.0.1")) == Fields{"ipAddress"});
    CHECK(
        fields_of(catalog.alarm("CPU", "host-21", AlarmColor::green, AlarmColor::red)) ==
        Fields{"alarm", "source", "entity", "from", "to"});
    CHECK(
        fields_of(catalog.user_message({"VirtualMachine", "vm-57"}, "m", {})) ==
        Fields{"message", "entity"});
}

TEST_CASE("Event catalog: an event of a host has no VM, one of a login no place", "[simulator]") {
    Site const site;
    auto const host = site.catalog.host("EnteredMaintenanceModeEvent", "host-21", {});
    CHECK(host.context.vm.empty());
    CHECK(host.context.host.name == "esx-prod-01.demo.local");
    CHECK(host.message == "Host esx-prod-01.demo.local in Berlin has entered maintenance mode");
    auto const login = site.catalog.login({.user_name = "ada", .address = "10.0.0.1"});
    CHECK(login.context.datacenter.empty());
    CHECK(login.message.starts_with("User ada@10.0.0.1 logged in"));
}

TEST_CASE("Event catalog: an alarm says what changed, from which colour to which", "[simulator]") {
    Site const site;
    auto const draft = site.catalog.alarm("CPU", "host-21", AlarmColor::yellow, AlarmColor::red);
    CHECK(draft.message == "Alarm 'CPU' on esx-prod-01.demo.local changed from Yellow to Red");
    auto const document = details_of(draft);
    CHECK(document.child("d").child("from").text().get() == std::string("yellow"));
    CHECK(document.child("d").child("to").text().get() == std::string("red"));
}

TEST_CASE("Event catalog: an alarm keeps its reference, another has another", "[simulator]") {
    Site const site;
    auto const reference = [&](std::string_view name) {
        auto const draft = site.catalog.alarm(name, "host-21", AlarmColor::green, AlarmColor::red);
        auto const document = details_of(draft);
        return std::string(document.child("d").child("alarm").child("alarm").text().get());
    };
    CHECK(reference("CPU") == reference("CPU"));
    CHECK(reference("CPU") != reference("Memory"));
}

TEST_CASE("Event catalog: names stay data in every field", "[simulator]") {
    Site site;
    std::string const hostile = "<img>&\"' ]]>";
    site.inventory.entities.at("vm-57").name = hostile;
    auto const renamed = site.catalog.vm_renamed("vm-57", hostile, hostile, {});
    auto const document = details_of(renamed);
    CHECK(document.child("d").child("newName").text().get() == hostile);
    auto const said = site.catalog.user_message({"VirtualMachine", "vm-57"}, hostile, {});
    auto const message = details_of(said);
    CHECK(message.child("d").child("message").text().get() == hostile);
}

TEST_CASE("Event catalog: of what is not there an event names nothing", "[simulator]") {
    Site const site;
    CHECK(site.catalog.context_of_vm("vm-999").vm.empty());
    CHECK(site.catalog.context_of_host("host-999").host.empty());
}

}  // namespace
}  // namespace millrace::simulator
