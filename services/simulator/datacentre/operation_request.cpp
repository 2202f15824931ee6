// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/operation_request.hpp"

#include <algorithm>
#include <array>

namespace millrace::simulator {
namespace {

constexpr std::array<OperationNaming, 12> namings = {{
    {OperationKind::power_on, "powerOn", "PowerOnVM_Task", "VirtualMachine.powerOn"},
    {OperationKind::power_off, "powerOff", "PowerOffVM_Task", "VirtualMachine.powerOff"},
    {OperationKind::reset, "reset", "ResetVM_Task", "VirtualMachine.reset"},
    {OperationKind::suspend, "suspend", "SuspendVM_Task", "VirtualMachine.suspend"},
    {OperationKind::migrate, "migrate", "MigrateVM_Task", "VirtualMachine.migrate"},
    {OperationKind::drs_migrate, "drsMigrate", "MigrateVM_Task", "VirtualMachine.migrate"},
    {OperationKind::create_snapshot, "snapshot", "CreateSnapshot_Task",
     "VirtualMachine.createSnapshot"},
    {OperationKind::remove_snapshot, "removeSnapshot", "RemoveSnapshot_Task", "vm.Snapshot.remove"},
    {OperationKind::rename, "rename", "Rename_Task", "ManagedEntity.rename"},
    {OperationKind::reconfigure, "reconfigure", "ReconfigVM_Task", "VirtualMachine.reconfigure"},
    {OperationKind::enter_maintenance, "enterMaintenance", "EnterMaintenanceMode_Task",
     "HostSystem.enterMaintenanceMode"},
    {OperationKind::exit_maintenance, "exitMaintenance", "ExitMaintenanceMode_Task",
     "HostSystem.exitMaintenanceMode"},
}};

}  // namespace

OperationNaming const& naming_of(OperationKind kind) {
    return *std::ranges::find(namings, kind, &OperationNaming::kind);
}

std::optional<OperationKind> parse_operation(std::string_view word) {
    auto const found = std::ranges::find(namings, word, &OperationNaming::word);
    if (found == namings.end())
        return std::nullopt;
    return found->kind;
}

bool is_host_operation(OperationKind kind) {
    return kind == OperationKind::enter_maintenance || kind == OperationKind::exit_maintenance;
}

}  // namespace millrace::simulator
