// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/vm_properties.hpp"

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view created = "2026-01-15T08:00:00Z";

std::string path_of(Inventory const& inventory, VirtualMachine const& vm) {
    return "[" + inventory.name_of(vm.datastore) + "] " + vm.id + "/" + vm.id + ".vmx";
}

Value runtime(Inventory const& inventory, VirtualMachine const& vm) {
    return object_value(
        "VirtualMachineRuntimeInfo",
        {{"host", reference_value(inventory.reference(vm.host))},
         {"connectionState", enum_value("VirtualMachineConnectionState", "connected")},
         {"powerState", enum_value("VirtualMachinePowerState", to_string(vm.power))},
         {"faultToleranceState", enum_value("VirtualMachineFaultToleranceState", "notConfigured")},
         {"toolsInstallerMounted", bool_value(false)},
         {"numMksConnections", int_value(0)},
         {"recordReplayState", enum_value("VirtualMachineRecordReplayState", "inactive")},
         {"onlineStandby", bool_value(false)},
         {"consolidationNeeded", bool_value(false)}});
}

Value config(Inventory const& inventory, VirtualMachine const& vm) {
    return object_value(
        "VirtualMachineConfigInfo",
        {{"changeVersion", text_value(created)},
         {"modified", time_value(created)},
         {"name", text_value(inventory.name_of(vm.id))},
         {"guestFullName", text_value(vm.guest)},
         {"version", text_value("vmx-21")},
         {"uuid", text_value(vm.uuid)},
         {"instanceUuid", text_value(vm.uuid)},
         {"template", bool_value(false)},
         {"guestId", text_value(vm.guest_id)},
         {"alternateGuestName", text_value("")},
         {"annotation", text_value("")},
         {"files",
          object_value(
              "VirtualMachineFileInfo", {{"vmPathName", text_value(path_of(inventory, vm))}})},
         {"flags", object_value("VirtualMachineFlagInfo", {})},
         {"defaultPowerOps", object_value("VirtualMachineDefaultPowerOpInfo", {})},
         {"hardware", object_value(
                          "VirtualHardware", {{"numCPU", int_value(vm.cpus)},
                                              {"numCoresPerSocket", int_value(1)},
                                              {"memoryMB", int_value(vm.memory_mb)}})}});
}

Value guest(VirtualMachine const& vm) {
    bool const on = vm.power == PowerState::on;
    std::vector<Member> members = {
        {"toolsStatus",
         enum_value("VirtualMachineToolsStatus", on ? "toolsOk" : "toolsNotRunning")},
        {"toolsRunningStatus", text_value(on ? "guestToolsRunning" : "guestToolsNotRunning")},
        {"guestId", text_value(vm.guest_id)},
        {"guestFullName", text_value(vm.guest)}};
    if (on)
        members.emplace_back("ipAddress", text_value(vm.address));
    members.emplace_back("guestState", text_value(on ? "running" : "notRunning"));
    return object_value("GuestInfo", std::move(members));
}

Value summary_config(Inventory const& inventory, VirtualMachine const& vm) {
    return object_value(
        "VirtualMachineConfigSummary", {{"name", text_value(inventory.name_of(vm.id))},
                                        {"template", bool_value(false)},
                                        {"vmPathName", text_value(path_of(inventory, vm))},
                                        {"memorySizeMB", int_value(vm.memory_mb)},
                                        {"numCpu", int_value(vm.cpus)},
                                        {"numEthernetCards", int_value(1)},
                                        {"numVirtualDisks", int_value(1)},
                                        {"uuid", text_value(vm.uuid)},
                                        {"instanceUuid", text_value(vm.uuid)},
                                        {"guestId", text_value(vm.guest_id)},
                                        {"guestFullName", text_value(vm.guest)}});
}

Value summary(Inventory const& inventory, VirtualMachine const& vm) {
    auto of_guest = guest(vm);
    of_guest.type = "VirtualMachineGuestSummary";
    std::erase_if(of_guest.members, [](auto const& member) { return member.name == "guestState"; });
    return object_value(
        "VirtualMachineSummary",
        {{"vm", reference_value(inventory.reference(vm.id))},
         {"runtime", runtime(inventory, vm)},
         {"guest", std::move(of_guest)},
         {"config", summary_config(inventory, vm)},
         {"quickStats",
          object_value(
              "VirtualMachineQuickStats",
              {{"overallCpuUsage", int_value(250)},
               {"guestMemoryUsage", int_value(vm.memory_mb / 3)},
               {"hostMemoryUsage", int_value(vm.memory_mb / 2)},
               {"guestHeartbeatStatus", enum_value("ManagedEntityStatus", "green")}})},
         {"overallStatus", enum_value("ManagedEntityStatus", "green")}});
}

/// Snapshots form a chain: each is the only child of the one before.
Value snapshot_tree(Inventory const& inventory, VirtualMachine const& vm, std::size_t index) {
    auto const& one = vm.snapshots.at(index);
    std::vector<Member> members = {
        {"snapshot", reference_value(one.reference)},
        {"vm", reference_value(inventory.reference(vm.id))},
        {"name", text_value(one.name)},
        {"description", text_value(one.description)},
        {"id", int_value(one.id)},
        {"createTime", time_value(time_text(one.created))},
        {"state", enum_value("VirtualMachinePowerState", to_string(one.power))},
        {"quiesced", bool_value(false)}};
    if (index + 1 < vm.snapshots.size()) {
        members.emplace_back(
            "childSnapshotList",
            array_value("VirtualMachineSnapshotTree", {snapshot_tree(inventory, vm, index + 1)}));
    }
    return object_value("VirtualMachineSnapshotTree", std::move(members));
}

std::optional<Value> snapshot(Inventory const& inventory, VirtualMachine const& vm) {
    if (vm.snapshots.empty())
        return std::nullopt;
    return object_value(
        "VirtualMachineSnapshotInfo",
        {{"currentSnapshot", reference_value(vm.snapshots.back().reference)},
         {"rootSnapshotList",
          array_value("VirtualMachineSnapshotTree", {snapshot_tree(inventory, vm, 0)})}});
}

}  // namespace

std::optional<Value> vm_property(
    Inventory const& inventory, VirtualMachine const& vm, std::string_view name) {
    if (name == "runtime")
        return runtime(inventory, vm);
    if (name == "config")
        return config(inventory, vm);
    if (name == "guest")
        return guest(vm);
    if (name == "summary")
        return summary(inventory, vm);
    if (name == "resourcePool")
        return reference_value(inventory.reference(vm.resource_pool));
    if (name == "datastore")
        return references_value({inventory.reference(vm.datastore)});
    if (name == "network")
        return references_value({inventory.reference(vm.network)});
    if (name == "snapshot")
        return snapshot(inventory, vm);
    if (name == "guestHeartbeatStatus")
        return enum_value("ManagedEntityStatus", "green");
    if (name != "rootSnapshot")
        return std::nullopt;
    if (vm.snapshots.empty())
        return references_value({});
    return references_value({vm.snapshots.front().reference});
}

}  // namespace millrace::simulator
