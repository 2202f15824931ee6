// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/inventory_builder.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

TEST_CASE("Inventory builder: identifiers have vCenter's prefix of their class", "[simulator]") {
    auto const inventory = build_inventory({.hostile_names = true});
    std::map<std::string, std::string> const prefixes = {
        {"Folder", "group-"},        {"Datacenter", "datacenter-"},
        {"HostSystem", "host-"},     {"ClusterComputeResource", "domain-c"},
        {"VirtualMachine", "vm-"},   {"ResourcePool", "resgroup-"},
        {"Datastore", "datastore-"}, {"Network", "network-"}};
    for (auto const& [id, entity] : inventory.entities) {
        INFO(id << " " << entity.type);
        REQUIRE(prefixes.contains(entity.type));
        CHECK(id.starts_with(prefixes.at(entity.type)));
    }
}

TEST_CASE("Inventory builder: a name is there once in its place", "[simulator]") {
    auto const inventory = build_inventory({.hostile_names = true});
    std::set<std::pair<std::string, std::string>> seen;
    for (auto const& [id, entity] : inventory.entities) {
        INFO(entity.name);
        CHECK(seen.emplace(entity.parent, entity.name).second);
    }
}

TEST_CASE("Inventory builder: a VM's pool and host belong to one cluster", "[simulator]") {
    auto const inventory = build_inventory({.hostile_names = true});
    for (auto const& [id, vm] : inventory.virtual_machines) {
        INFO(id);
        CHECK(
            inventory.resource_pool_owners.at(vm.resource_pool) ==
            inventory.hosts.at(vm.host).cluster);
        CHECK(vm.folder == inventory.find(id)->parent);
    }
}

TEST_CASE(
    "Inventory builder: all run but two, addresses and UUIDs are each VM's own", "[simulator]") {
    auto const inventory = build_inventory({});
    std::set<std::string> addresses;
    std::set<std::string> off;
    for (auto const& [id, vm] : inventory.virtual_machines) {
        addresses.insert(vm.address);
        if (vm.power == PowerState::off)
            off.insert(inventory.name_of(id));
        REQUIRE(vm.uuid.size() == 36);
        CHECK(vm.uuid[14] == '4');  // version 4
        CHECK(std::string("89ab").find(vm.uuid[19]) != std::string::npos);
        CHECK(vm.snapshots.empty());
    }
    CHECK(addresses.size() == inventory.virtual_machines.size());
    CHECK(off == std::set<std::string>{"dev-linus", "template-check"});
}

TEST_CASE("Inventory builder: every host carries VMs and is in no maintenance", "[simulator]") {
    auto const inventory = build_inventory({});
    for (auto const& [id, host] : inventory.hosts) {
        INFO(id);
        CHECK_FALSE(inventory.vms_of_host(id).empty());
        CHECK(host.maintenance == Maintenance::none);
        CHECK(inventory.find(id)->parent == host.cluster);
    }
}

}  // namespace
}  // namespace millrace::simulator
