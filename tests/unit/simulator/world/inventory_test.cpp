// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/inventory.hpp"

#include <set>

#include "simulator/world/inventory_builder.hpp"
#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

TEST_CASE("Inventory: one data centre, two clusters, seven hosts, forty VMs", "[simulator]") {
    auto const inventory = build_inventory({});
    CHECK(inventory.datacenters.size() == 1);
    CHECK(inventory.clusters.size() == 2);
    CHECK(inventory.hosts.size() == 7);
    CHECK(inventory.virtual_machines.size() == 40);
    CHECK(inventory.find("domain-c8")->type == "ClusterComputeResource");
    CHECK(inventory.name_of("vm-57") == "web-01");
}

TEST_CASE("Inventory: every object's place exists, up to the root folder", "[simulator]") {
    auto const inventory = build_inventory({.hostile_names = true});
    for (auto const& [id, entity] : inventory.entities) {
        INFO(id);
        CHECK(inventory.is_under(id, inventory.root));
        CHECK((id == inventory.root || inventory.find(entity.parent) != nullptr));
    }
    for (auto const& [id, vm] : inventory.virtual_machines) {
        INFO(id);
        CHECK(inventory.find(vm.host)->type == "HostSystem");
        CHECK(inventory.find(vm.datastore)->type == "Datastore");
        CHECK(inventory.find(vm.network)->type == "Network");
        CHECK(inventory.find(vm.folder)->type == "Folder");
        CHECK(inventory.is_under(id, vm.host));
    }
}

TEST_CASE("Inventory: hostile names are added only when asked for", "[simulator]") {
    auto const with = build_inventory({.hostile_names = true});
    CHECK(with.virtual_machines.size() == 45);
    CHECK(with.name_of("vm-97") == "<img src=x onerror=alert(1)>");
    CHECK(build_inventory({}).find("vm-97") == nullptr);
}

TEST_CASE("Inventory: it is the same each time, with distinct UUIDs", "[simulator]") {
    auto const one = build_inventory({});
    auto const two = build_inventory({});
    CHECK(one.instance_uuid == two.instance_uuid);
    std::set<std::string> uuids;
    for (auto const& [id, vm] : one.virtual_machines)
        uuids.insert(vm.uuid);
    CHECK(uuids.size() == one.virtual_machines.size());
    CHECK(one.virtual_machines.at("vm-60").uuid == two.virtual_machines.at("vm-60").uuid);
}

TEST_CASE("Inventory: classes derive as vSphere's do", "[simulator]") {
    CHECK(is_class("VirtualMachine", "ManagedEntity"));
    CHECK(is_class("ClusterComputeResource", "ComputeResource"));
    CHECK_FALSE(is_class("HostSystem", "VirtualMachine"));
    CHECK_FALSE(is_class("Task", "ManagedEntity"));
}

}  // namespace
}  // namespace millrace::simulator
