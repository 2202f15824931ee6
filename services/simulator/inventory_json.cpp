// SPDX-License-Identifier: Apache-2.0
#include "simulator/inventory_json.hpp"

namespace millrace::simulator {
namespace {

std::string_view power_word(PowerState state) {
    switch (state) {
        case PowerState::off:
            return "off";
        case PowerState::on:
            return "on";
        case PowerState::suspended:
            return "suspended";
    }
    return {};
}

Json vm_json(Simulation const& world, std::string const& id) {
    auto const& vm = world.inventory.virtual_machines.at(id);
    return Json{
        {"id", id},
        {"name", world.inventory.name_of(id)},
        {"power", power_word(vm.power)},
        {"powerState", to_string(vm.power)},
        {"host", vm.host},
        {"snapshots", vm.snapshots.size()}};
}

Json vrops_json(Simulation const& world, std::string const& host) {
    auto const* resource = world.vrops.find_entity(host);
    if (!resource)
        return nullptr;
    return Json{
        {"id", resource->id},
        {"state", world.vrops.state_of(*resource)},
        {"since", format_rfc3339(resource->since)}};
}

Json host_json(Simulation const& world, std::string const& id) {
    auto const& host = world.inventory.hosts.at(id);
    auto const* resource = world.vrops.find_entity(id);
    Json vms = Json::array();
    for (auto const& vm : world.inventory.vms_of_host(id))
        vms.push_back(vm_json(world, vm));
    return Json{
        {"id", id},
        {"name", world.inventory.name_of(id)},
        {"connection", host.connection},
        {"connectionState", host.connection},
        {"maintenance", to_string(host.maintenance)},
        {"inMaintenance", host.maintenance == Maintenance::in},
        {"maintained", resource != nullptr && resource->maintained},
        {"vrops", vrops_json(world, id)},
        {"vms", std::move(vms)}};
}

}  // namespace

Json inventory_json(Simulation const& world) {
    auto const& inventory = world.inventory;
    Json clusters = Json::array();
    for (auto const& [id, cluster] : inventory.clusters) {
        Json hosts = Json::array();
        for (auto const& host : inventory.hosts_of_cluster(id)) {
            hosts.push_back(host_json(world, host));
        }
        clusters.push_back(
            Json{{"id", id}, {"name", inventory.name_of(id)}, {"hosts", std::move(hosts)}});
    }
    auto const& datacenter = inventory.datacenters.begin()->first;
    return Json{
        {"id", datacenter},
        {"name", inventory.name_of(datacenter)},
        {"instanceUuid", inventory.instance_uuid},
        {"clusters", std::move(clusters)}};
}

}  // namespace millrace::simulator
