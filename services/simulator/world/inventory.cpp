// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/inventory.hpp"

#include <algorithm>
#include <array>

namespace millrace::simulator {

std::string_view to_string(PowerState state) {
    switch (state) {
        case PowerState::off:
            return "poweredOff";
        case PowerState::on:
            return "poweredOn";
        case PowerState::suspended:
            return "suspended";
    }
    return {};
}

std::string_view to_string(Maintenance state) {
    switch (state) {
        case Maintenance::none:
            return "none";
        case Maintenance::entering:
            return "entering";
        case Maintenance::in:
            return "in";
        case Maintenance::exiting:
            return "exiting";
    }
    return {};
}

Entity const* Inventory::find(std::string_view id) const {
    auto const found = entities.find(id);
    return found == entities.end() ? nullptr : &found->second;
}

Host* Inventory::find_host(std::string_view id) {
    auto const found = hosts.find(id);
    return found == hosts.end() ? nullptr : &found->second;
}

Host const* Inventory::find_host(std::string_view id) const {
    auto const found = hosts.find(id);
    return found == hosts.end() ? nullptr : &found->second;
}

VirtualMachine* Inventory::find_vm(std::string_view id) {
    auto const found = virtual_machines.find(id);
    return found == virtual_machines.end() ? nullptr : &found->second;
}

VirtualMachine const* Inventory::find_vm(std::string_view id) const {
    auto const found = virtual_machines.find(id);
    return found == virtual_machines.end() ? nullptr : &found->second;
}

std::string const& Inventory::name_of(std::string_view id) const {
    static std::string const none;
    auto const* entity = find(id);
    return entity ? entity->name : none;
}

ManagedReference Inventory::reference(std::string_view id) const {
    auto const* entity = find(id);
    return entity ? ManagedReference{entity->type, std::string(id)} : ManagedReference{};
}

NamedReference Inventory::named(std::string_view id) const {
    return {reference(id), name_of(id)};
}

std::vector<std::string> Inventory::children(std::string_view id, std::string_view type) const {
    std::vector<std::string> found;
    for (auto const& [child, entity] : entities) {
        if (entity.parent == id && (type.empty() || is_class(entity.type, type))) {
            found.push_back(child);
        }
    }
    return found;
}

bool Inventory::is_under(std::string_view id, std::string_view ancestor) const {
    for (std::string_view at = id; !at.empty();) {
        if (at == ancestor)
            return true;
        auto const* entity = find(at);
        if (!entity)
            return false;
        at = entity->parent;
    }
    auto const vm = virtual_machines.find(id);
    if (vm == virtual_machines.end())
        return false;
    return is_under(vm->second.host, ancestor) || is_under(vm->second.resource_pool, ancestor);
}

std::vector<std::string> Inventory::vms_of_host(std::string_view host) const {
    std::vector<std::string> found;
    for (auto const& [id, vm] : virtual_machines) {
        if (vm.host == host)
            found.push_back(id);
    }
    return found;
}

std::vector<std::string> Inventory::hosts_of_cluster(std::string_view cluster) const {
    std::vector<std::string> found;
    for (auto const& [id, host] : hosts) {
        if (host.cluster == cluster)
            found.push_back(id);
    }
    return found;
}

std::string Inventory::datacenter_of(std::string_view id) const {
    for (std::string_view at = id; !at.empty();) {
        auto const* entity = find(at);
        if (!entity)
            return {};
        if (entity->type == "Datacenter")
            return std::string(at);
        at = entity->parent;
    }
    return {};
}

bool is_class(std::string_view type, std::string_view base) {
    static constexpr std::array<std::string_view, 10> managed_entities = {
        "Folder",     "Datacenter",     "ComputeResource", "ClusterComputeResource",
        "HostSystem", "VirtualMachine", "ResourcePool",    "Datastore",
        "VirtualApp", "Network"};
    if (type == base || base == "ManagedObject")
        return true;
    if (type == "ClusterComputeResource" && base == "ComputeResource")
        return true;
    if (base == "ManagedObjectView" || base == "View")
        return type == "ContainerView";
    if (base == "HistoryCollector")
        return type == "EventHistoryCollector";
    return (base == "ManagedEntity" || base == "ExtensibleManagedObject") &&
           std::ranges::find(managed_entities, type) != managed_entities.end();
}

}  // namespace millrace::simulator
