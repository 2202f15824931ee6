// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/entity_properties.hpp"

#include <algorithm>
#include <array>

#include "simulator/properties/host_properties.hpp"
#include "simulator/properties/vm_properties.hpp"

namespace millrace::simulator {
namespace {

constexpr std::array<std::string_view, 9> common_names = {
    "name",        "parent",     "overallStatus", "configStatus",       "tag",
    "customValue", "recentTask", "effectiveRole", "alarmActionsEnabled"};

template <std::size_t Size>
constexpr auto with_common(std::array<std::string_view, Size> const& own) {
    std::array<std::string_view, Size + common_names.size()> all{};
    std::ranges::copy(common_names, all.begin());
    std::ranges::copy(own, all.begin() + common_names.size());
    return all;
}

using Names = std::string_view;
constexpr auto folder_names = with_common(std::array<Names, 2>{"childEntity", "childType"});
constexpr auto datacenter_names = with_common(std::array<Names, 6>{
    "vmFolder", "hostFolder", "datastoreFolder", "networkFolder", "datastore", "network"});
constexpr auto cluster_names =
    with_common(std::array<Names, 5>{"resourcePool", "host", "datastore", "network", "summary"});
constexpr auto pool_names = with_common(std::array<Names, 3>{"owner", "resourcePool", "vm"});
constexpr auto host_names =
    with_common(std::array<Names, 5>{"runtime", "summary", "vm", "datastore", "network"});
constexpr auto vm_names = with_common(std::array<Names, 10>{
    "config", "runtime", "guest", "summary", "resourcePool", "datastore", "network", "snapshot",
    "rootSnapshot", "guestHeartbeatStatus"});
constexpr auto datastore_names = with_common(std::array<Names, 2>{"summary", "vm"});
constexpr auto network_names = with_common(std::array<Names, 2>{"summary", "vm"});

Value references(Inventory const& inventory, std::vector<std::string> const& ids) {
    std::vector<ManagedReference> found;
    found.reserve(ids.size());
    for (auto const& id : ids)
        found.push_back(inventory.reference(id));
    return references_value(found);
}

Value all_of(Inventory const& inventory, std::string_view type) {
    std::vector<std::string> ids;
    for (auto const& [id, entity] : inventory.entities) {
        if (entity.type == type)
            ids.push_back(id);
    }
    return references(inventory, ids);
}

Value vms_where(
    Inventory const& inventory, std::string VirtualMachine::* member, std::string_view id) {
    std::vector<std::string> ids;
    for (auto const& [vm_id, vm] : inventory.virtual_machines) {
        if (vm.*member == id)
            ids.push_back(vm_id);
    }
    return references(inventory, ids);
}

std::optional<Value> common_property(
    Inventory const& inventory, Entity const& entity, std::string_view name) {
    if (name == "name")
        return text_value(entity.name);
    if (name == "parent" && !entity.parent.empty()) {
        return reference_value(inventory.reference(entity.parent));
    }
    if (name == "overallStatus" || name == "configStatus") {
        return enum_value("ManagedEntityStatus", "green");
    }
    if (name == "tag")
        return array_value("Tag", {});
    if (name == "customValue")
        return array_value("CustomFieldValue", {});
    if (name == "recentTask")
        return references_value({});
    if (name == "effectiveRole")
        return array_value("int", {int_value(-1)});
    if (name == "alarmActionsEnabled")
        return bool_value(true);
    return std::nullopt;
}

std::optional<Value> folder_property(
    Inventory const& inventory, Folder const& folder, std::string_view name) {
    if (name == "childEntity")
        return references(inventory, inventory.children(folder.id));
    if (name != "childType")
        return std::nullopt;
    std::vector<Value> types;
    types.reserve(folder.child_types.size());
    for (auto const& type : folder.child_types)
        types.push_back(text_value(type));
    return array_value("string", std::move(types));
}

std::optional<Value> datacenter_property(
    Inventory const& inventory, Datacenter const& place, std::string_view name) {
    if (name == "vmFolder")
        return reference_value(inventory.reference(place.vm_folder));
    if (name == "hostFolder")
        return reference_value(inventory.reference(place.host_folder));
    if (name == "datastoreFolder")
        return reference_value(inventory.reference(place.datastore_folder));
    if (name == "networkFolder")
        return reference_value(inventory.reference(place.network_folder));
    if (name == "datastore")
        return all_of(inventory, "Datastore");
    if (name == "network")
        return all_of(inventory, "Network");
    return std::nullopt;
}

std::optional<Value> cluster_property(
    Inventory const& inventory, Cluster const& cluster, std::string_view name) {
    if (name == "resourcePool")
        return reference_value(inventory.reference(cluster.resource_pool));
    if (name == "host")
        return references(inventory, inventory.hosts_of_cluster(cluster.id));
    if (name == "datastore")
        return all_of(inventory, "Datastore");
    if (name == "network")
        return all_of(inventory, "Network");
    if (name != "summary")
        return std::nullopt;
    auto const count = static_cast<std::int64_t>(inventory.hosts_of_cluster(cluster.id).size());
    return object_value(
        "ClusterComputeResourceSummary",
        {{"totalCpu", int_value(count * 64 * 2600)},
         {"totalMemory", long_value(count * (512LL << 30))},
         {"numCpuCores", enum_value("xsd:short", std::to_string(count * 32))},
         {"numCpuThreads", enum_value("xsd:short", std::to_string(count * 64))},
         {"effectiveCpu", int_value(count * 64 * 2500)},
         {"effectiveMemory", long_value(count * 500 * 1024)},
         {"numHosts", int_value(count)},
         {"numEffectiveHosts", int_value(count)},
         {"overallStatus", enum_value("ManagedEntityStatus", "green")}});
}

std::optional<Value> pool_property(
    Inventory const& inventory, std::string_view id, std::string_view name) {
    if (name == "owner") {
        return reference_value(
            inventory.reference(inventory.resource_pool_owners.find(id)->second));
    }
    if (name == "resourcePool")
        return references_value({});
    if (name == "vm")
        return vms_where(inventory, &VirtualMachine::resource_pool, id);
    return std::nullopt;
}

std::optional<Value> storage_or_network_property(
    Inventory const& inventory, std::string_view id, std::string_view name) {
    bool const is_store = inventory.find(id)->type == "Datastore";
    auto const member = is_store ? &VirtualMachine::datastore : &VirtualMachine::network;
    if (name == "vm")
        return vms_where(inventory, member, id);
    if (name != "summary")
        return std::nullopt;
    if (!is_store) {
        return object_value(
            "NetworkSummary", {{"network", reference_value(inventory.reference(id))},
                               {"name", text_value(inventory.name_of(id))},
                               {"accessible", bool_value(true)},
                               {"ipPoolName", text_value("")}});
    }
    return object_value(
        "DatastoreSummary", {{"datastore", reference_value(inventory.reference(id))},
                             {"name", text_value(inventory.name_of(id))},
                             {"url", text_value("ds:///vmfs/volumes/" + std::string(id) + "/")},
                             {"capacity", long_value(20LL << 40)},
                             {"freeSpace", long_value(9LL << 40)},
                             {"accessible", bool_value(true)},
                             {"multipleHostAccess", bool_value(true)},
                             {"type", text_value("VMFS")},
                             {"maintenanceMode", text_value("normal")}});
}

}  // namespace

std::optional<Value> entity_property(
    Inventory const& inventory, std::string_view id, std::string_view name) {
    auto const* entity = inventory.find(id);
    if (!entity)
        return std::nullopt;
    if (auto value = common_property(inventory, *entity, name))
        return value;
    if (entity->type == "VirtualMachine") {
        return vm_property(inventory, inventory.virtual_machines.find(id)->second, name);
    }
    if (entity->type == "HostSystem") {
        return host_property(inventory, inventory.hosts.find(id)->second, name);
    }
    if (entity->type == "Folder") {
        return folder_property(inventory, inventory.folders.find(id)->second, name);
    }
    if (entity->type == "Datacenter") {
        return datacenter_property(inventory, inventory.datacenters.find(id)->second, name);
    }
    if (entity->type == "ClusterComputeResource") {
        return cluster_property(inventory, inventory.clusters.find(id)->second, name);
    }
    if (entity->type == "ResourcePool")
        return pool_property(inventory, id, name);
    return storage_or_network_property(inventory, id, name);
}

std::span<std::string_view const> entity_property_names(std::string_view type) {
    if (type == "VirtualMachine")
        return vm_names;
    if (type == "HostSystem")
        return host_names;
    if (type == "Folder")
        return folder_names;
    if (type == "Datacenter")
        return datacenter_names;
    if (type == "ClusterComputeResource")
        return cluster_names;
    if (type == "ResourcePool")
        return pool_names;
    if (type == "Datastore")
        return datastore_names;
    if (type == "Network")
        return network_names;
    return {};
}

}  // namespace millrace::simulator
